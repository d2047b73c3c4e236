"""What a flow is given beside its transaction: the store's live state, its policy, its keys.

`StoreLive` is a value. A flow replaces `uow.live` with a changed copy; the writer publishes it
after the commit and forgets it on rollback. `StoreRooms` lives as long as the process.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Literal

from store_server.clock import Clock, SystemClock, from_ms
from store_server.decisions.ground import GroundBook
from store_server.fleet.hearing import HearingTally
from store_server.fleet.signal_ring import SignalRing
from store_server.ids import Scope
from store_server.learning.complements import Complements
from store_server.learning.effect_table import EffectBook
from store_server.learning.offer_effect import OfferEffects
from store_server.learning.purchase_model import PurchaseModel
from store_server.offers.catalogue import Catalogue
from store_server.outbox.channel_setup import NO_CHANNELS, ChannelSetup
from store_server.outbox.flights import Flights
from store_server.presence.engine import PresenceEngine
from store_server.presence.gateway_live import GatewayLive
from store_server.presence.journal import Journal
from store_server.presence.observation import Observation
from store_server.presence.policy import PresencePolicy
from store_server.presence.survey import NO_SURVEY, SurveyLine, SurveyStamp
from store_server.presence.visit import VisitBook
from store_server.redemptions.coupon_code import CouponKeys, signing_key
from store_server.shop.floor_plan import FloorPlan
from store_server.shoppers.identity import IdentityTable
from store_server.shoppers.key_vault import KeyVault
from store_server.shoppers.segments.segment import SegmentBook


def _nobody_waits() -> None:
    """This process delivers nothing."""


EngineBuilder = Callable[[FloorPlan, Sequence[SurveyLine]], PresenceEngine]


@dataclass(frozen=True, slots=True)
class Policy:
    """Settings that rules need, out of configs/store.toml.

    `holdout_bp` is the global holdout in basis points; money is in minor units of `currency`;
    `timezone` is the store's, by its IANA name; `hours` are its opening hours, None = always;
    `window_hours` after a visit a basket still counts; `zone_claims` are the placements whose word
    for the zone is taken where presence knows nothing.
    """

    clock: Literal["system", "event"] = "system"
    timezone: str = "UTC"
    currency: str = "EUR"
    default_language: str = "en"
    presence: PresencePolicy = field(default_factory=PresencePolicy)
    holdout_bp: int = 1000
    holdout_salt: str = "global-1"
    cap_per_visit: int = 2
    cap_per_day: int = 3
    cap_per_week: int = 10
    channel_caps: Mapping[str, int] = field(default_factory=dict)
    quiet_hours: tuple[str, str] | None = None
    silent_zone_kinds: tuple[str, ...] = ("exit", "checkout", "service")
    value_floor_minor: int = 0
    explore_bp: int = 300
    discovery_every: int = 8
    repeats_in_visit: bool = False
    category_share_bp: int = 6_000
    efficiency_bp: int = 10_000
    growth_bp: int = 0
    retention_bp: int = 0
    loyalty_bp: int = 0
    birth_date_attribute: str = "birth_date"
    channel_attribute: str = "preferred_channel"
    hours: tuple[time, time] | None = None
    fatigue_minor: int = 0
    notification_ttl_s: int = 120
    coupon_ttl_s: int = 86_400
    policy_version: str = "incremental-2"
    banned_words: tuple[str, ...] = ()
    raw_hours: int = 24
    counting: bool = False
    window_hours: int = 24
    second_person: bool = False
    budget_issues: int | None = None
    budget_minor: int | None = None
    budget_redemptions: int | None = None
    reserve_s: int = 900
    offline_limit_minor: int = 1_000
    zone_claims: frozenset[str] = frozenset({"app", "qr", "kiosk", "staff"})

    @property
    def simulated(self) -> bool:
        """Whether the store's day is a simulated or replayed one."""
        return self.clock == "event"


@dataclass(frozen=True, slots=True)
class Ground:
    """What positions are computed from: a plan, and which state of the survey."""

    plan: FloorPlan
    survey: SurveyStamp = NO_SURVEY

    def moved(self, before: "Ground | None") -> bool:
        """Whether anything changed since `before` that positions are computed from."""
        if before is None or self.survey != before.survey:
            return True
        return _geometry(self.plan) != _geometry(before.plan)


def _geometry(plan: FloorPlan) -> tuple[object, ...]:
    zones = tuple((zone.id, zone.polygon, zone.kind == "entrance") for zone in plan.zones)
    return zones, plan.gateways, plan.beacons, plan.walls, plan.width_m, plan.height_m


@dataclass(frozen=True, slots=True)
class Counters:
    """How often things happened since the store's first day; written with what they count."""

    values: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        """The count of `name`; 0 when it never happened."""
        return self.values.get(name, 0)

    def plus(self, **more: int) -> "Counters":
        """These counts and `more`."""
        values = dict(self.values)
        for name, amount in more.items():
            values[name] = values.get(name, 0) + amount
        return Counters(values)


@dataclass(frozen=True, slots=True)
class StoreLive:
    """What the server believes of one store at one moment.

    `pending` are observations that the event clock has not reached, `late` those that came too
    late for the engine and wait to correct history, since `late_since_ms`, the last at
    `late_at_ms`. `revoked` are the gateways of which nothing is taken any more; `journal` is
    where the journal stands; `ground` is what the engine was built from, None where nobody says.
    `catalogue_stamp` moves with every change of the organisation's catalogue.
    """

    plan: FloorPlan
    presence: PresenceEngine
    identities: IdentityTable
    catalogue: Catalogue
    visits: VisitBook = field(default_factory=VisitBook)
    gateways: Mapping[str, GatewayLive] = field(default_factory=dict)
    event_now_ms: int = 0
    pending: tuple[Observation, ...] = ()
    counters: Counters = field(default_factory=Counters)
    revoked: frozenset[str] = frozenset()
    journal: Journal = field(default_factory=Journal)
    segments: SegmentBook = field(default_factory=SegmentBook)
    ground: Ground | None = None
    late: tuple[Observation, ...] = ()
    late_at_ms: int = 0
    late_since_ms: int = 0
    catalogue_stamp: int = 0

    def with_gateway(self, gateway: GatewayLive) -> "StoreLive":
        """This state with one gateway's line on the board replaced."""
        return replace(self, gateways={**self.gateways, gateway.gateway: gateway})


@dataclass(slots=True)
class StoreRooms:
    """The rooms of one store in this process; `live` is replaced by the writer alone.

    `purchases`, `complements`, `effects`, `tally` and `signals` are changed only by actions after
    a commit; `flights` recalls before it, see there. `wake_deliveries` tells that something was
    queued. `engines` builds an engine without devices for a plan and its survey; None: this process
    is no server and leaves presence alone. `coupon_secrets` are the keys of the coupon key files,
    today's first. `channels` is what can be sent by beside webhooks.
    """

    scope: Scope
    live: StoreLive
    policy: Policy
    purchases: PurchaseModel
    vault: KeyVault
    clock: Clock = field(default_factory=SystemClock)
    complements: Complements = field(default_factory=Complements)
    effects: EffectBook = field(default_factory=lambda: EffectBook(OfferEffects()))
    tally: HearingTally = field(default_factory=HearingTally)
    signals: SignalRing = field(default_factory=SignalRing)
    grounds: GroundBook = field(default_factory=GroundBook)
    flights: Flights = field(default_factory=Flights)
    wake_deliveries: Callable[[], None] = _nobody_waits
    engines: EngineBuilder | None = None
    coupon_secrets: tuple[bytes, ...] = ()
    channels: ChannelSetup = NO_CHANNELS

    @property
    def coupon_keys(self) -> CouponKeys:
        """The keys of the store's coupons; what signed before there were key files comes last."""
        return CouponKeys((*self.coupon_secrets, signing_key(self.vault, self.scope)))

    def now(self, live: StoreLive) -> datetime:
        """The instant that rules go by: the event clock's, or the machine's."""
        if self.policy.clock == "event":
            return from_ms(live.event_now_ms)
        return self.clock.now()
