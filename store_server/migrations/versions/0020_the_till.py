"""The till: coupons are reserved, bound and reversed; returns, kept answers, discrepancies.

Coupons, redemptions and baskets from before keep what they have: no binding, no shares, prices
with tax in them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _widen()
    op.create_table(
        "basket_return",
        *_place(),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("basket", sa.String(), nullable=False),
        sa.Column("till", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("taken_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("refund_minor", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org", "store", "id"),
    )
    op.create_index("basket_return_by_basket", "basket_return", ["org", "store", "basket"])
    op.create_table(
        "till_answer",
        *_place(),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "store", "operation", "idempotency_key"),
    )
    op.create_index("till_answer_by_age", "till_answer", ["org", "store", "at_ms"])
    op.create_table(
        "coupon_discrepancy",
        *_place(),
        sa.Column("basket", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("till", sa.String(), nullable=False),
        sa.Column("given_minor", sa.BigInteger(), nullable=False),
        sa.Column("covered_minor", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("taken_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("first_basket", sa.String(), nullable=True),
        sa.Column("first_till", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("org", "store", "basket", "code"),
    )
    op.create_index(
        "coupon_discrepancy_by_age", "coupon_discrepancy", ["org", "store", "taken_at_ms"]
    )


def _place() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
    )


def _widen() -> None:
    for name in ("offer_version", "binding", "reserved_by"):
        op.add_column("coupon", sa.Column(name, sa.String(), nullable=True))
    op.add_column("coupon", sa.Column("reserved_until_ms", sa.BigInteger(), nullable=True))
    op.add_column("redemption", sa.Column("reversed_at_ms", sa.BigInteger(), nullable=True))
    op.create_index("redemption_by_basket", "redemption", ["org", "store", "basket"])
    op.add_column("redemption", sa.Column("shares", sa.Text(), nullable=False, server_default="[]"))
    for name, default in (("tax_included", sa.true()), ("was_offline", sa.false())):
        op.add_column(
            "basket", sa.Column(name, sa.Boolean(), nullable=False, server_default=default)
        )
