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


class RedemptionRow(SQLModel, table=True):
    """The use of a coupon. Its key is the code: a second use cannot be written."""

    __tablename__ = "redemption"
    __table_args__ = (Index("redemption_by_decision", "org", "store", "decision"),)

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    decision: str
    basket: str
    till: str
    discount_minor: int = Field(sa_type=BigInteger)
    redeemed_at_ms: int = Field(sa_type=BigInteger)


class BasketRow(SQLModel, table=True):
    """One till receipt as it came; `lines` and `answer` are JSON."""

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
