"""Rows of decisions: inserted once, never changed. Erasing a shopper takes the names off."""

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel


class DecisionRow(SQLModel, table=True):
    """One decision; JSON: `reasons`, `candidates`, `refused` (`decisions.trace`) and `asked`.

    `variants` are the arms of experiments, `channels` what was known of each (`decisions.trace`).
    """

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("org", "store", "trigger_id"),
        Index("decision_by_shopper", "org", "shopper", "at_ms"),
        Index("decision_by_household", "org", "household", "at_ms"),
        Index("decision_by_visit", "org", "visit_id"),
        Index("decision_by_time", "org", "store", "at_ms", "id"),
    )

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    trigger_id: str
    trigger_kind: str
    shopper: str
    household: str | None = None
    zone: str | None = None
    visit_id: str | None = None
    at_ms: int = Field(sa_type=BigInteger)
    outcome: str
    campaign: str | None = None
    campaign_version: int | None = None
    offer: str | None = None
    offer_version: int | None = None
    is_fallback: bool
    arm: str
    propensity: float
    policy_version: str
    seed: int = Field(sa_type=BigInteger)
    language: str
    latency_us: int = Field(sa_type=BigInteger)
    reasons: str = Field(sa_type=Text)
    candidates: str = Field(sa_type=Text)
    channel: str = "push"
    pick: str | None = None
    face_value_minor: int | None = Field(default=None, sa_type=BigInteger)
    refused: str = Field(default="[]", sa_type=Text)
    variants: str = Field(default="[]", sa_type=Text)
    creative: str | None = None
    channels: str = Field(default="[]", sa_type=Text)
    asked: str | None = Field(default=None, sa_type=Text)


class ExperimentUnitRow(SQLModel, table=True):
    """The arm that a unit (`decisions.experiment.unit_of`) was given first: it keeps it.

    `phase`: number of the experiment's phase in which that was, from 0. `shopper`: whose own unit
    it is, None for a household's.
    """

    __tablename__ = "experiment_unit"
    __table_args__ = (Index("experiment_unit_by_shopper", "org", "shopper"),)

    org: str = Field(primary_key=True)
    experiment: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    arm: str
    phase: int
    shopper: str | None = None
    at_ms: int = Field(sa_type=BigInteger)


class DecisionGroundRow(SQLModel, table=True):
    """A policy, campaign, offer or list of these, by its digest; see `decisions.ground`."""

    __tablename__ = "decision_ground"

    org: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    document: str = Field(sa_type=Text)


class KillSwitchRow(SQLModel, table=True):
    """Where a store's kill switch stands; no row: it was never moved."""

    __tablename__ = "kill_switch"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    is_on: bool
    note: str
    since_ms: int = Field(sa_type=BigInteger)


class DismissalRow(SQLModel, table=True):
    """The shopper waved an offer away; the first time counts."""

    __tablename__ = "dismissal"
    __table_args__ = (Index("dismissal_by_shopper", "org", "shopper", "at_ms"),)

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    decision: str = Field(primary_key=True)
    shopper: str
    campaign: str
    at_ms: int = Field(sa_type=BigInteger)


class EffectLessonRow(SQLModel, table=True):
    """A decision has taught something of its offer's effect: whether its category was bought."""

    __tablename__ = "effect_lesson"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    decision: str = Field(primary_key=True)
    bought: bool


class CouponPoolRow(SQLModel, table=True):
    """How many coupons of an offer that has a pool have been given out, in all stores."""

    __tablename__ = "coupon_pool"

    org: str = Field(primary_key=True)
    offer: str = Field(primary_key=True)
    issued: int = Field(default=0, sa_type=BigInteger)


class PullAnswerRow(SQLModel, table=True):
    """Which decisions answered an app's request: the same request gets the same answer.

    `decision` is their ids in the order of the answer, apart by blanks.
    """

    __tablename__ = "pull_answer"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    shopper: str = Field(primary_key=True)
    request_id: str = Field(primary_key=True)
    decision: str
    placement: str
    at_ms: int = Field(sa_type=BigInteger)
