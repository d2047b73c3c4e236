"""Codes that stores have printed."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "printed_code",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("placement", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("campaign", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("org", "store", "code"),
    )
