"""When a delivery was refused, and what the server said."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Note both from now on; of what was refused before, nobody knows."""
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("refused_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("said", sa.Text(), nullable=False, server_default=""))
