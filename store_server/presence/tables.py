"""Rows of presence: zone events, visits, what a restart needs, what was taken and refused."""

from sqlalchemy import BigInteger, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel


class ZoneEventRow(SQLModel, table=True):
    """One zone event; `event_id` follows from its content, so a replay inserts nothing."""

    __tablename__ = "zone_event"
    __table_args__ = (
        Index("ix_zone_event_at", "org", "store", "at_ms"),
        Index("ix_zone_event_shopper", "org", "shopper"),
    )

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    shopper: str
    zone: str
    kind: str
    at_ms: int = Field(sa_type=BigInteger)
    entered_at_ms: int = Field(sa_type=BigInteger)
    dwell_ms: int = Field(sa_type=BigInteger)
    reason: str | None = None
    visit: str | None = None
    late: bool = Field(default=False)


class VisitRow(SQLModel, table=True):
    """One visit; `zones` is JSON [[zone, entered_at_ms, left_at_ms or null], ...]."""

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_started", "org", "store", "started_at_ms"),
        Index("ix_visit_ended", "org", "store", "ended_at_ms"),
        Index("ix_visit_shopper", "org", "shopper"),
    )

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    visit: str = Field(primary_key=True)
    shopper: str
    started_at_ms: int = Field(sa_type=BigInteger)
    ended_at_ms: int | None = Field(default=None, sa_type=BigInteger)
    zones: str = Field(sa_type=Text)


class SpoolRow(SQLModel, table=True):
    """How far one spool of one gateway is taken, and how often what came of its batches.

    `clock` is what was known of the gateway's clock then (JSON), None where nothing was.
    """

    __tablename__ = "gateway_spool"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    gateway: str = Field(primary_key=True)
    spool: str = Field(primary_key=True)
    through_seq: int = Field(sa_type=BigInteger)
    ahead: str = Field(sa_type=Text)
    refused: str = Field(sa_type=Text)
    lost: int = Field(sa_type=BigInteger)
    given_up: int = Field(sa_type=BigInteger)
    applied: int = Field(sa_type=BigInteger)
    duplicates: int = Field(sa_type=BigInteger)
    quarantined: int = Field(sa_type=BigInteger)
    taken_at_ms: int = Field(sa_type=BigInteger)
    clock: str | None = Field(default=None, sa_type=Text)


class ProgressRow(SQLModel, table=True):
    """How far a store has come: event time, and every count as a JSON object."""

    __tablename__ = "presence_progress"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    event_now_ms: int = Field(sa_type=BigInteger)
    counts: str = Field(sa_type=Text)


class CheckpointRow(SQLModel, table=True):
    """What presence knew after step `seq`, beside its beliefs.

    `pending` waits for the event clock, `late` to correct history.
    """

    __tablename__ = "presence_checkpoint"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    event_now_ms: int = Field(sa_type=BigInteger)
    written_at_ms: int = Field(sa_type=BigInteger)
    engine: bytes = Field(sa_type=LargeBinary)
    pending: bytes = Field(sa_type=LargeBinary)
    late: bytes = Field(sa_type=LargeBinary)


class BeliefRow(SQLModel, table=True):
    """All that the engine knew of one shopper after step `seq`, in its own bytes."""

    __tablename__ = "presence_belief"
    __table_args__ = (Index("ix_presence_belief_shopper", "org", "shopper"),)

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    shopper: str = Field(primary_key=True)
    state: bytes = Field(sa_type=LargeBinary)


class JournalRow(SQLModel, table=True):
    """One step of presence since the checkpoint; `step` is msgpack: who was heard, what time."""

    __tablename__ = "presence_journal"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    written_at_ms: int = Field(sa_type=BigInteger)
    step: bytes = Field(sa_type=LargeBinary)


class AppSightingRow(SQLModel, table=True):
    """That a phone's reading was taken: a hash of (shopper, beacon, time), nothing else."""

    __tablename__ = "app_sighting"
    __table_args__ = (Index("ix_app_sighting_at", "org", "store", "at_ms"),)

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    reading: str = Field(primary_key=True)
    at_ms: int = Field(sa_type=BigInteger)


class HealthRow(SQLModel, table=True):
    """One health message of a gateway, as JSON."""

    __tablename__ = "gateway_health"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    gateway: str = Field(primary_key=True)
    at_ms: int = Field(primary_key=True, sa_type=BigInteger)
    health: str = Field(sa_type=Text)


class QuarantineRow(SQLModel, table=True):
    """What was refused: where it came in and the hash of what it said, never the payload."""

    __tablename__ = "quarantine"
    __table_args__ = (Index("ix_quarantine_at", "org", "store", "last_at_ms"),)

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    entry: str = Field(primary_key=True)
    topic: str
    payload_sha256: str
    size_bytes: int = Field(sa_type=BigInteger)
    reason: str
    first_at_ms: int = Field(sa_type=BigInteger)
    last_at_ms: int = Field(sa_type=BigInteger)
    times: int = Field(sa_type=BigInteger)


class SurveyMarkRow(SQLModel, table=True):
    """Where somebody stood with a device, from when to when; place or zone.

    A device whose identity rotates has a line for each of its identities, and `device` in common.
    """

    __tablename__ = "survey_mark"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    identity: str = Field(primary_key=True)
    from_ms: int = Field(primary_key=True, sa_type=BigInteger)
    until_ms: int = Field(sa_type=BigInteger)
    x: float | None = None
    y: float | None = None
    zone: str | None = None
    device: str | None = None


class SurveyReadingRow(SQLModel, table=True):
    """What one gateway heard of a surveyed device at a known place or zone."""

    __tablename__ = "survey_reading"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    identity: str = Field(primary_key=True)
    gateway: str = Field(primary_key=True)
    at_ms: int = Field(primary_key=True, sa_type=BigInteger)
    rssi_dbm: float
    power_dbm: float | None = None
    x: float | None = None
    y: float | None = None
    zone: str | None = None
