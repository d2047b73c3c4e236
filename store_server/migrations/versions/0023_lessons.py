"""Which decisions have taught something of their offer's effect: each does once."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "effect_lesson",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("bought", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("org", "store", "decision"),
    )
