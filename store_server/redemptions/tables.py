"""Rows of coupons, redemptions, baskets and credits. Unique keys hold the business rules."""

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel


class CouponRow(SQLModel, table=True):
    """One coupon; one per decision."""

    __tablename__ = "coupon"
    __table_args__ = (
        UniqueConstraint("org", "store", "decision"),
        Index("coupon_by_shopper", "org", "store", "shopper"),
        Index("coupon_by_expiry", "org", "store", "state", "expires_at_ms"),
    )

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    shopper: str
    offer: str
    campaign: str
    decision: str
    face_value_minor: int = Field(sa_type=BigInteger)
    issued_at_ms: int = Field(sa_type=BigInteger)
    expires_at_ms: int = Field(sa_type=BigInteger)
    state: str
    offer_version: str | None = None
    binding: str | None = None
    reserved_by: str | None = None
    reserved_until_ms: int | None = Field(default=None, sa_type=BigInteger)


class RedemptionRow(SQLModel, table=True):
    """The use of a coupon. Its key is the code: a second use cannot be written.

    `shares` is JSON: what it took off which line of its basket, `[[line, minor], ...]`.
    """

    __tablename__ = "redemption"
    __table_args__ = (
        Index("redemption_by_decision", "org", "store", "decision"),
        Index("redemption_by_basket", "org", "store", "basket"),
    )

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    decision: str
    basket: str
    till: str
    discount_minor: int = Field(sa_type=BigInteger)
    redeemed_at_ms: int = Field(sa_type=BigInteger)
    shares: str = Field(default="[]", sa_type=Text)
    reversed_at_ms: int | None = Field(default=None, sa_type=BigInteger)


class BasketRow(SQLModel, table=True):
    """One till receipt as it came; `lines` and `answer` are JSON.

    A line is `[product, quantity, amount, tax_bp, discount]`; the last two came later.
    """

    __tablename__ = "basket"
    __table_args__ = (
        UniqueConstraint("org", "store", "idempotency_key"),
        Index("basket_by_shopper", "org", "store", "shopper"),
    )

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    till: str
    shopper: str | None = None
    at_ms: int = Field(sa_type=BigInteger)
    taken_at_ms: int = Field(sa_type=BigInteger)
    total_minor: int = Field(sa_type=BigInteger)
    unknown_products: int = 0
    lines: str = Field(sa_type=Text)
    answer: str = Field(sa_type=Text)
    fingerprint: str
    idempotency_key: str
    tax_included: bool = True
    was_offline: bool = False


class ReturnRow(SQLModel, table=True):
    """What was brought back of a basket; a line is `[line, quantity, refund, tax]`."""

    __tablename__ = "basket_return"
    __table_args__ = (Index("basket_return_by_basket", "org", "store", "basket"),)

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    basket: str
    till: str
    at_ms: int = Field(sa_type=BigInteger)
    taken_at_ms: int = Field(sa_type=BigInteger)
    refund_minor: int = Field(sa_type=BigInteger)
    lines: str = Field(sa_type=Text)


class TillAnswerRow(SQLModel, table=True):
    """What a till was told, word for word, by operation and its own name of the request."""

    __tablename__ = "till_answer"
    __table_args__ = (Index("till_answer_by_age", "org", "store", "at_ms"),)

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    operation: str = Field(primary_key=True)
    idempotency_key: str = Field(primary_key=True)
    fingerprint: str
    answer: str = Field(sa_type=Text)
    at_ms: int = Field(sa_type=BigInteger)


class DiscrepancyRow(SQLModel, table=True):
    """A discount that an offline till gave by itself and that we would not have given like that."""

    __tablename__ = "coupon_discrepancy"
    __table_args__ = (Index("coupon_discrepancy_by_age", "org", "store", "taken_at_ms"),)

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    basket: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    reason: str
    till: str
    given_minor: int = Field(sa_type=BigInteger)
    covered_minor: int = Field(sa_type=BigInteger)
    at_ms: int = Field(sa_type=BigInteger)
    taken_at_ms: int = Field(sa_type=BigInteger)
    first_basket: str | None = None
    first_till: str | None = None


class CreditRow(SQLModel, table=True):
    """What a basket bought of what a decision promoted (offered, or held out as a ghost)."""

    __tablename__ = "credit"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    decision: str = Field(primary_key=True)
    basket: str = Field(primary_key=True)
    kind: str
    at_ms: int = Field(sa_type=BigInteger)
    category: str
    in_window: bool
    units: int
    amount_minor: int = Field(sa_type=BigInteger)
    margin_minor: int = Field(sa_type=BigInteger)
