"""A surveyed device whose identity rotates: its marks have the device in common."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("survey_mark", sa.Column("device", sa.String(), nullable=True))
