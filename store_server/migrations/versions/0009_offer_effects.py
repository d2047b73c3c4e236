"""What is learned of offers: sums of evidence by offer and segment."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "offer_effect",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("offer", sa.String(), nullable=False),
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("shown", sa.BigInteger(), nullable=False),
        sa.Column("held_out", sa.BigInteger(), nullable=False),
        sa.Column("bought_shown", sa.BigInteger(), nullable=False),
        sa.Column("bought_held_out", sa.BigInteger(), nullable=False),
        sa.Column("base_base", sa.Float(), nullable=False),
        sa.Column("base_room", sa.Float(), nullable=False),
        sa.Column("room_room", sa.Float(), nullable=False),
        sa.Column("base_bought", sa.Float(), nullable=False),
        sa.Column("room_bought", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("org", "offer", "segment"),
    )
