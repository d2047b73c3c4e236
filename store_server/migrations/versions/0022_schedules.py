"""Occurrences of scheduled campaigns, and who is asked about for them."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "campaign_occurrence",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("occurrence", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("through", sa.String(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("decided", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("org", "store", "campaign", "occurrence"),
    )
    op.create_index(
        "ix_campaign_occurrence_state", "campaign_occurrence", ["org", "store", "state", "at_ms"]
    )
    op.create_table(
        "scheduled_ask",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("occurrence", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("org", "campaign", "occurrence", "shopper"),
    )
    op.create_index(
        "ix_scheduled_ask_waiting",
        "scheduled_ask",
        ["org", "store", "campaign", "occurrence", "waits"],
    )
    op.create_index("ix_scheduled_ask_shopper", "scheduled_ask", ["org", "shopper"])
