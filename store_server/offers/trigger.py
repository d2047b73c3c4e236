"""What asks for a decision: a zone entered, a stay, a visit, a purchase, an hour, or the app.

A rule (`TriggerRule`) stands in a campaign and says what it listens to; a `Trigger` happened.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store_server.ids import CampaignId, ShopperId, ZoneId, natural_id
from store_server.offers.cron import parse_cron
from store_server.offers.field_checks import require

CODE = "bad_trigger"


class TriggerKind(StrEnum):
    """The kinds of things that ask."""

    ZONE_ENTER = "zone_enter"
    ZONE_DWELL = "zone_dwell"
    STORE_ENTER = "store_enter"
    STORE_EXIT = "store_exit"
    NEAR_STORE = "near_store"
    PURCHASE = "purchase"
    LEFT_WITHOUT = "left_without"
    SCHEDULE = "schedule"
    PULL = "pull"
    STEP = "step"


class Way(StrEnum):
    """How the wait of a step ended: what it waits for came, or the time was up."""

    EVENT = "event"
    TIMEOUT = "timeout"


class Placement(StrEnum):
    """Where the answer of a pull is shown."""

    APP = "app"
    QR = "qr"
    RECEIPT = "receipt"
    KIOSK = "kiosk"
    WEB = "web"
    STAFF = "staff"


_K = TriggerKind
# A pull asks "what is there for me here": these answer it too, so that push and pull agree.
PULLED = frozenset({_K.ZONE_ENTER, _K.ZONE_DWELL, _K.STORE_ENTER, _K.PULL})
_WITH_ZONE = frozenset({_K.ZONE_ENTER, _K.ZONE_DWELL, _K.LEFT_WITHOUT, _K.PULL})
_WITH_DWELL = frozenset({_K.ZONE_DWELL, _K.LEFT_WITHOUT})
_WITH_CATEGORY = frozenset({_K.PURCHASE, _K.LEFT_WITHOUT})


@dataclass(frozen=True, slots=True)
class TriggerRule:
    """What a campaign listens to.

    zone: None = any zone; left_without needs one.
    dwell_s: zone_dwell and left_without only: how long a stay counts.
    category: purchase: what was bought, None = anything; left_without: what was not bought.
    cron: schedule only: when, on the store's clock (`cron`).
    placements: pull only: where it is shown; none = everywhere.
    """

    kind: TriggerKind
    zone: ZoneId | None = None
    dwell_s: int | None = None
    category: str | None = None
    cron: str | None = None
    placements: frozenset[Placement] = frozenset()

    def __post_init__(self) -> None:
        kind = self.kind
        self._require(
            "kind",
            kind.value,
            kind is not _K.STEP,
            expected="another kind: a step follows a trigger, it is none",
        )
        dwells = kind in _WITH_DWELL
        self._require(
            "dwell_s",
            self.dwell_s,
            (self.dwell_s is not None and 1 <= self.dwell_s <= 3600)
            if dwells
            else self.dwell_s is None,
            expected=f"1..3600 seconds for kind {kind}" if dwells else f"absent for kind {kind}",
        )
        left = kind is _K.LEFT_WITHOUT
        self._require(
            "zone",
            self.zone,
            self.zone is not None if left else self.zone is None or kind in _WITH_ZONE,
            expected=f"{'given' if left else 'absent'} for kind {kind}",
        )
        self._require(
            "category",
            self.category,
            bool(self.category) if left else self.category is None or kind in _WITH_CATEGORY,
            expected=f"{'given' if left else 'absent'} for kind {kind}",
        )
        self._require(
            "placements",
            sorted(self.placements),
            not self.placements or kind is _K.PULL,
            expected=f"absent for kind {kind}",
        )
        self._require_cron()

    def _require_cron(self) -> None:
        scheduled = self.kind is _K.SCHEDULE
        self._require(
            "cron",
            self.cron,
            (self.cron is not None) == scheduled,
            expected=f"{'given' if scheduled else 'absent'} for kind {self.kind}",
        )
        if self.cron is not None:
            self._require(
                "cron",
                self.cron,
                len(parse_cron(self.cron).minutes) == 1,
                expected="one minute of the hour: a campaign is due once an hour at most",
            )

    def _require(self, name: str, value: object, holds: bool, *, expected: str) -> None:
        require(holds, where=f"trigger: {name}", value=value, expected=expected, code=CODE)

    def matches(self, trigger: "Trigger") -> bool:
        """Whether this trigger is what the rule listens to.

        A pull asks "what is there for me here": rules of `PULLED` answer it whose zone is the
        shopper's, whatever their kind, so that push and pull make the same choice.
        """
        if self.zone is not None and self.zone != trigger.zone:
            return False
        if trigger.kind is _K.PULL:
            return self.kind in PULLED and (
                not self.placements or trigger.placement in self.placements
            )
        if self.kind is not trigger.kind:
            return False
        if self.kind is _K.PURCHASE and self.category is not None:
            return self.category in trigger.bought
        return self.dwell_s is None or trigger.dwell_s == self.dwell_s


@dataclass(frozen=True, slots=True)
class Trigger:
    """Something that asked, once.

    id: natural (see `trigger_id`), so that a replay asks the same question, not a second one.
    event_id: the zone event, visit or request behind it. dwell_s: the mark that was reached.
    campaign: the only one that is asked; None = all that listen.
    placement: where the answer of a pull is shown. bought: categories, sorted.
    language: that a pull is to be answered in; None: the shopper's own.
    way: of a step, how its wait ended.
    basket: categories that lie in the basket of who pulls.
    """

    id: str
    kind: TriggerKind
    shopper: ShopperId
    zone: ZoneId | None
    at: datetime
    event_id: str
    visit_id: str | None = None
    dwell_s: int | None = None
    campaign: CampaignId | None = None
    placement: Placement | None = None
    bought: tuple[str, ...] = ()
    language: str | None = None
    way: Way | None = None
    basket: tuple[str, ...] = ()

    @property
    def asks(self) -> tuple[object, ...]:
        """All that `Campaign.answers` looks at: triggers that ask alike are answered alike."""
        return (self.kind, self.zone, self.dwell_s, self.campaign, self.placement, self.bought)


def trigger_id(kind: TriggerKind, *parts: str) -> str:
    """The name of the trigger of this kind raised by what `parts` name."""
    return natural_id("trigger", kind.value, *parts)


def pull_trigger(
    *,
    org: str,
    store: str,
    shopper: ShopperId,
    request_id: str,
    at: datetime,
    zone: ZoneId | None,
    visit_id: str | None,
    placement: Placement | None = None,
    place: int = 1,
    language: str | None = None,
    basket: tuple[str, ...] = (),
    campaign: CampaignId | None = None,
) -> Trigger:
    """The question that an app asks; the same `request_id` of a shopper is the same question.

    place: 2 asks for a second offer beside the first, and so on.
    """
    which = (request_id,) if place == 1 else (request_id, str(place))
    return Trigger(
        id=trigger_id(TriggerKind.PULL, org, store, shopper, *which),
        kind=TriggerKind.PULL,
        shopper=shopper,
        zone=zone,
        at=at,
        event_id=request_id,
        visit_id=visit_id,
        placement=placement,
        language=language,
        basket=basket,
        campaign=campaign,
    )
