"""What a restart needs of presence; which zone events are late."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "presence_checkpoint",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("event_now_ms", sa.BigInteger(), nullable=False),
        sa.Column("written_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("engine", sa.LargeBinary(), nullable=False),
        sa.Column("pending", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("org", "store"),
    )
    op.create_table(
        "presence_belief",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("org", "store", "seq", "shopper"),
    )
    op.create_index("ix_presence_belief_shopper", "presence_belief", ["org", "shopper"])
    op.create_table(
        "presence_journal",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("written_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("org", "store", "seq"),
    )
    op.add_column(
        "zone_event", sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
