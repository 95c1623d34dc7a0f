"""The seal of the last audit entry, kept beside the trail."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Note the seal that the trail ends with now; what comes is sealed onto it."""
    op.execute(
        "INSERT INTO setting (key, value)"
        " SELECT 'audit-head', seal FROM audit ORDER BY sequence DESC LIMIT 1"
    )
