"""Rows of notifications, their deliveries, the attempts, and the endpoints of an organisation."""

from sqlalchemy import BigInteger, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel


class NotificationRow(SQLModel, table=True):
    """The content; `body` is the JSON that is posted, byte for byte the same at every try.

    `kind` is "offer" or "alert" (to staff), which die with their moment, or "event", which is
    durable.
    """

    __tablename__ = "notification"
    __table_args__ = (Index("notification_by_shopper", "org", "store", "shopper"),)

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    decision: str
    shopper: str
    channel: str
    kind: str = "offer"
    body: str = Field(sa_type=Text)
    created_at_ms: int = Field(sa_type=BigInteger)
    expires_at_ms: int = Field(sa_type=BigInteger)
    delivered_at_ms: int | None = Field(default=None, sa_type=BigInteger)
    opened_at_ms: int | None = Field(default=None, sa_type=BigInteger)


class DeliveryRow(SQLModel, table=True):
    """One notification's way to one endpoint, or by the channel of that name.

    Endpoint "" waits for one to be registered.

    `*_system_ms` are of the machine's clock, which rules retries and leases; expiry is of the
    clock that rules decisions.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("delivery_due", "org", "store", "state", "next_attempt_system_ms"),
        Index(
            "delivery_by_endpoint",
            *("org", "store", "endpoint", "state", "next_attempt_system_ms", "created_at_ms"),
        ),
        Index("delivery_by_expiry", "org", "store", "state", "expires_at_ms"),
        Index("delivery_by_time", "org", "store", "created_at_ms", "notification"),
    )

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    notification: str = Field(primary_key=True)
    endpoint: str = Field(primary_key=True)
    state: str
    reason: str | None = None
    attempts: int = 0
    created_at_ms: int = Field(sa_type=BigInteger)
    expires_at_ms: int = Field(sa_type=BigInteger)
    next_attempt_system_ms: int = Field(default=0, sa_type=BigInteger)
    lease_until_system_ms: int = Field(default=0, sa_type=BigInteger)


class AttemptRow(SQLModel, table=True):
    """One try: what the receiver answered, cut, or why there was no answer."""

    __tablename__ = "delivery_attempt"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    notification: str = Field(primary_key=True)
    endpoint: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    started_system_ms: int = Field(sa_type=BigInteger)
    latency_ms: int
    status: int | None = None
    error: str | None = None
    body: str = Field(sa_type=Text)


class EndpointRow(SQLModel, table=True):
    """Where a retailer's backend listens; secrets are sealed. Belongs to the organisation.

    `payload` is "thin" (ids) or "full" (words and coupon as well). The previous secret signs beside
    the new one until `previous_until_ms`, of the machine's clock.
    """

    __tablename__ = "webhook_endpoint"

    org: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    url: str = Field(sa_type=Text)
    description: str
    sealed_secret: bytes = Field(sa_type=LargeBinary)
    sealed_previous_secret: bytes | None = Field(default=None, sa_type=LargeBinary)
    previous_until_ms: int = Field(default=0, sa_type=BigInteger)
    concurrency: int = 8
    rate_per_s: float = 100.0
    payload: str = "full"
    state: str
    reason: str | None = None
    created_at_ms: int = Field(sa_type=BigInteger)


class StaffTaskRow(SQLModel, table=True):
    """What a step handed over to the staff (`outbox.staff_task`)."""

    __tablename__ = "staff_task"
    __table_args__ = (
        Index("staff_task_by_state", "org", "store", "state", "at_ms"),
        Index("staff_task_by_shopper", "org", "shopper"),
    )

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    decision: str
    campaign: str
    shopper: str
    zone: str | None = None
    message: str
    at_ms: int = Field(sa_type=BigInteger)
    expires_at_ms: int = Field(sa_type=BigInteger)
    state: str
    claimed_by: str | None = None
    claimed_at_ms: int | None = Field(default=None, sa_type=BigInteger)
    closed_at_ms: int | None = Field(default=None, sa_type=BigInteger)
    result: str | None = None
