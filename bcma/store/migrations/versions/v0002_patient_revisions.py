"""How often each patient's record has changed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the revisions; they begin at nothing, as nothing is in memory yet."""
    op.create_table(
        "patient_revision",
        sa.Column("patient_id", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("patient_id", "type", name=op.f("pk_patient_revision")),
    )
