"""Of whose order a ward has read a version: two patients' orders may read the same."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Begin anew: of whom the old ones were, nobody knows, so each order is asked once more."""
    op.drop_table("acknowledgement")
    op.create_table(
        "acknowledgement",
        sa.Column("ward", sa.String(length=64), nullable=False),
        sa.Column("patient_id", sa.String(length=64), nullable=False),
        sa.Column("order_version", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "ward", "patient_id", "order_version", name=op.f("pk_acknowledgement")
        ),
    )
