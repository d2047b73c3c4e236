"""Rows of the fleet: codes and accounts of gateways, what they hear of beacons, what is wrong."""

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field, SQLModel


class EnrolmentCodeRow(SQLModel, table=True):
    """A one-time code: never itself, only the key derived from it, sealed; used when it says so."""

    __tablename__ = "enrolment_code"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    locator: str = Field(primary_key=True)
    gateway: str
    sealed_key: str
    made_by: str
    expires_at_ms: int = Field(sa_type=BigInteger)
    used_at_ms: int | None = Field(default=None, sa_type=BigInteger)


class GatewayAccountRow(SQLModel, table=True):
    """How a gateway came in, and that it was cut off when `revoked_at_ms` is set."""

    __tablename__ = "gateway_account"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    gateway: str = Field(primary_key=True)
    key_id: str | None = None
    enrolled_at_ms: int | None = Field(default=None, sa_type=BigInteger)
    revoked_at_ms: int | None = Field(default=None, sa_type=BigInteger)


class BeaconHearingRow(SQLModel, table=True):
    """What one gateway heard of one fixed beacon in one quarter of an hour."""

    __tablename__ = "beacon_hearing"
    __table_args__ = (Index("ix_beacon_hearing_slot", "org", "store", "slot_ms"),)

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    gateway: str = Field(primary_key=True)
    identity: str = Field(primary_key=True)
    slot_ms: int = Field(primary_key=True, sa_type=BigInteger)
    adverts: int = Field(sa_type=BigInteger)
    rssi_sum_dbm: float
    last_at_ms: int = Field(sa_type=BigInteger)


class BeaconPowerRow(SQLModel, table=True):
    """The last battery reading of a fixed beacon on one UTC day."""

    __tablename__ = "beacon_power"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    identity: str = Field(primary_key=True)
    day_ms: int = Field(primary_key=True, sa_type=BigInteger)
    at_ms: int = Field(sa_type=BigInteger)
    battery_mv: float
    temperature_c: float | None = None


class ForeignCountRow(SQLModel, table=True):
    """Foreign devices around one gateway in one quarter of an hour; `adverts` is JSON by family."""

    __tablename__ = "foreign_count"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    gateway: str = Field(primary_key=True)
    slot_ms: int = Field(primary_key=True, sa_type=BigInteger)
    devices: int = Field(sa_type=BigInteger)
    adverts: str = Field(sa_type=Text)


class FleetFindingRow(SQLModel, table=True):
    """Something about the installation that is not as the plan says, until it ends."""

    __tablename__ = "fleet_finding"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    other: str | None = None
    text: str = Field(sa_type=Text)
    first_at_ms: int = Field(sa_type=BigInteger)
    last_at_ms: int = Field(sa_type=BigInteger)
