"""What is known of a gateway's clock survives a restart."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("gateway_spool", sa.Column("clock", sa.Text(), nullable=True))
