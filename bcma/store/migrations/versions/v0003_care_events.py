"""Events that are no doses: allergies asked, reactions, effect checks."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say of each event what it is; all that are here already are doses."""
    with op.batch_alter_table("event") as table:
        table.add_column(
            sa.Column("kind", sa.String(length=16), nullable=False, server_default="dose")
        )
