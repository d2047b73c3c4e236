"""What decisions ask for and say: channel, pick, discount; dismissals, coupon pools, stock."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "decision", sa.Column("channel", sa.String(), nullable=False, server_default="push")
    )
    op.add_column("decision", sa.Column("pick", sa.String(), nullable=True))
    op.add_column("decision", sa.Column("face_value_minor", sa.BigInteger(), nullable=True))
    for name in ("refused", "variants"):
        op.add_column("decision", sa.Column(name, sa.Text(), nullable=False, server_default="[]"))
    op.create_table(
        "dismissal",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "store", "decision"),
    )
    op.create_index("dismissal_by_shopper", "dismissal", ["org", "shopper", "at_ms"])
    op.create_table(
        "coupon_pool",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("offer", sa.String(), nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "offer"),
    )
    op.create_table(
        "product_stock",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("said_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "store", "product"),
    )
    op.create_index("product_stock_by_units", "product_stock", ["org", "store", "units"])
