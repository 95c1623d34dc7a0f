"""The signature of who charted a record."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep it from now on; what was charted before is not signed."""
    with op.batch_alter_table("event") as table:
        table.add_column(sa.Column("signature", sa.LargeBinary(), nullable=True))
