"""When all about a patient was last read, for servers that are read patient by patient."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; nobody was read that way before."""
    op.create_table(
        "patient_cursor",
        sa.Column("patient_id", sa.String(64), nullable=False),
        sa.Column("as_of", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_patient_cursor")),
    )
