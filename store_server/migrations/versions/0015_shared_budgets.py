"""Budgets of offers and stores; coupons that are out and redeemed beside the money."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OUT = """UPDATE campaign_budget SET out = (
    SELECT count(*) FROM coupon WHERE coupon.org = campaign_budget.org
    AND coupon.campaign = campaign_budget.campaign AND coupon.state = 'issued')"""
REDEEMED = """UPDATE campaign_budget SET redeemed = (
    SELECT count(*) FROM coupon WHERE coupon.org = campaign_budget.org
    AND coupon.campaign = campaign_budget.campaign AND coupon.state = 'redeemed')"""


def upgrade() -> None:
    """Apply; the counts of campaigns follow from the coupons that there are."""
    for name in ("out", "redeemed"):
        op.add_column(
            "campaign_budget",
            sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"),
        )
    op.execute(OUT)
    op.execute(REDEEMED)
    op.create_table(
        "shared_budget",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("issues", sa.BigInteger(), nullable=False),
        sa.Column("reserved_minor", sa.BigInteger(), nullable=False),
        sa.Column("spent_minor", sa.BigInteger(), nullable=False),
        sa.Column("out", sa.BigInteger(), nullable=False),
        sa.Column("redeemed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("issues >= 0 AND reserved_minor >= 0 AND spent_minor >= 0"),
        sa.PrimaryKeyConstraint("org", "kind", "name"),
    )
