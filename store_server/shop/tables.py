"""Rows of the shop: plan, products, and credentials (hashed)."""

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field, SQLModel


class StoreRow(SQLModel, table=True):
    """One store; `document` is its profile and plan, as `shop.plan_document` writes it."""

    __tablename__ = "store"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    name: str
    document: str = Field(sa_type=Text)


class GatewayConfigRow(SQLModel, table=True):
    """The newest configuration sent to a gateway; `document` is its MQTT payload."""

    __tablename__ = "gateway_config"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    gateway: str = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger)
    document: str = Field(sa_type=Text)
    pushed_at_ms: int = Field(sa_type=BigInteger)


class ProductRow(SQLModel, table=True):
    """One article of the organisation."""

    __tablename__ = "product"

    org: str = Field(primary_key=True)
    product: str = Field(primary_key=True)
    name: str
    category: str = Field(index=True)
    department: str
    price_minor: int = Field(sa_type=BigInteger)
    margin_bp: int


class ProductStockRow(SQLModel, table=True):
    """How many units of a product a store has, as the retailer last said."""

    __tablename__ = "product_stock"
    __table_args__ = (Index("product_stock_by_units", "org", "store", "units"),)

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    product: str = Field(primary_key=True)
    units: int = Field(sa_type=BigInteger)
    said_at_ms: int = Field(sa_type=BigInteger)


class ApiKeyRow(SQLModel, table=True):
    """A program's key; `scopes` is a comma-separated list."""

    __tablename__ = "api_key"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    token_hash: str = Field(primary_key=True)
    name: str
    scopes: str
    created_at_ms: int = Field(sa_type=BigInteger)
    revoked_at_ms: int | None = Field(default=None, sa_type=BigInteger)
    used_at_ms: int | None = Field(default=None, sa_type=BigInteger)


class ShopperTokenRow(SQLModel, table=True):
    """A shopper's token of 15 minutes."""

    __tablename__ = "shopper_token"

    org: str = Field(primary_key=True)
    token_hash: str = Field(primary_key=True)
    shopper: str = Field(index=True)
    expires_at_ms: int = Field(sa_type=BigInteger, index=True)


class ConsoleUserRow(SQLModel, table=True):
    """Someone who may open the console; without a password only a login link lets them in."""

    __tablename__ = "console_user"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    user_name: str = Field(primary_key=True)
    password_hash: str | None = None
    created_at_ms: int = Field(sa_type=BigInteger)
    role: str
    language: str | None = None
    disabled_at_ms: int | None = Field(default=None, sa_type=BigInteger)


class ConsoleSessionRow(SQLModel, table=True):
    """A console session, kept on the server so that it can be ended there."""

    __tablename__ = "console_session"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    token_hash: str = Field(primary_key=True)
    user_name: str
    csrf_token: str
    expires_at_ms: int = Field(sa_type=BigInteger, index=True)


class LoginLinkRow(SQLModel, table=True):
    """A one-time login link; used when `used_at_ms` is set."""

    __tablename__ = "login_link"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    token_hash: str = Field(primary_key=True)
    user_name: str
    expires_at_ms: int = Field(sa_type=BigInteger)
    used_at_ms: int | None = Field(default=None, sa_type=BigInteger)


class AuditRow(SQLModel, table=True):
    """One deed in the console; `shopper` is whom it was about, taken off by erasure."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("audit_by_time", "org", "store", "at_ms", "id"),
        Index("audit_by_shopper", "org", "shopper"),
    )

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    at_ms: int = Field(sa_type=BigInteger)
    who: str
    deed: str
    subject: str
    reason: str
    shopper: str | None = None


class DraftRow(SQLModel, table=True):
    """Something that is being drawn in the console, as JSON; `kind` is what."""

    __tablename__ = "console_draft"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    document: str = Field(sa_type=Text)
    saved_by: str
    saved_at_ms: int = Field(sa_type=BigInteger)
