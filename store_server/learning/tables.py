"""Rows of purchases: what the purchase model is made from, and made from again at a start."""

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
