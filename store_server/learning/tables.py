"""Rows of purchases, from which the models are made again at a start, and of offers' effects."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class PurchaseBasketRow(SQLModel, table=True):
    """One basket of a known shopper. Its key is the basket id: it is learned once."""

    __tablename__ = "purchase_basket"
    __table_args__ = (Index("purchase_basket_by_shopper", "org", "shopper", "at_ms"),)

    org: str = Field(primary_key=True)
    basket: str = Field(primary_key=True)
    shopper: str
    at_ms: int = Field(sa_type=BigInteger)


class PurchaseLineRow(SQLModel, table=True):
    """One line of a basket: what was bought, and the category it had on that day."""

    __tablename__ = "purchase_line"

    org: str = Field(primary_key=True)
    basket: str = Field(primary_key=True)
    line: int = Field(primary_key=True)
    product: str
    category: str | None = None
    quantity: int
    amount_minor: int = Field(sa_type=BigInteger)


class OfferEffectRow(SQLModel, table=True):
    """What all decisions about an offer came to in one segment; sums that only grow."""

    __tablename__ = "offer_effect"

    org: str = Field(primary_key=True)
    offer: str = Field(primary_key=True)
    segment: str = Field(primary_key=True)
    shown: int = Field(sa_type=BigInteger)
    held_out: int = Field(sa_type=BigInteger)
    bought_shown: int = Field(sa_type=BigInteger)
    bought_held_out: int = Field(sa_type=BigInteger)
    base_base: float
    base_room: float
    room_room: float
    base_bought: float
    room_bought: float
