"""One step of a journey: wait for an event or a time, then go one way or the other.

A campaign with a step does not speak at its trigger; it begins to wait there. What it waits for
comes (`Way.EVENT`) or the time is up (`Way.TIMEOUT`), whichever is first, and each way says what
follows: one of its offers, nothing, or a word to the staff.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from store_server.ids import CampaignId, OfferId, ShopperId, ZoneId
from store_server.offers.cron import first_instant
from store_server.offers.trigger import TriggerKind, Way
from store_server.shoppers.consent import Purpose

CODE = "bad_step"
LONGEST_S = 30 * 86_400
MESSAGE_LIMIT = 160
DAY_MIN = 24 * 60


class AwaitedKind(StrEnum):
    """The kinds of events that a step can wait for."""

    ZONE_ENTER = "zone_enter"
    PURCHASE = "purchase"
    OFFER_OPENED = "offer_opened"
    OFFER_REDEEMED = "offer_redeemed"
    OFFER_DISMISSED = "offer_dismissed"
    APP_EVENT = "app_event"


_A = AwaitedKind
OF_OFFERS = frozenset({_A.OFFER_OPENED, _A.OFFER_REDEEMED, _A.OFFER_DISMISSED})
_OF_PLACE = frozenset({TriggerKind.ZONE_ENTER, TriggerKind.ZONE_DWELL, TriggerKind.STORE_ENTER})
_OF_LEAVING = frozenset({TriggerKind.STORE_EXIT, TriggerKind.LEFT_WITHOUT})
_OF_TILL = frozenset({TriggerKind.PURCHASE, TriggerKind.LEFT_WITHOUT})


class Does(StrEnum):
    """What follows on one way."""

    OFFER = "offer"
    NOTHING = "nothing"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that a shopper did, as far as a step can wait for it.

    id: of the event behind it. bought: categories. campaign: of the offer. name: of the app event.
    """

    shopper: ShopperId
    kind: AwaitedKind
    at: datetime
    id: str
    zone: ZoneId | None = None
    bought: frozenset[str] = frozenset()
    campaign: CampaignId | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Awaited:
    """The event that a step waits for; what is None may be any.

    zone: of zone_enter. category: of purchase. campaign: of the offer that was opened, redeemed or
    dismissed. name: the kind of an app event; never None there.
    """

    kind: AwaitedKind
    zone: ZoneId | None = None
    category: str | None = None
    campaign: CampaignId | None = None
    name: str | None = None

    def is_met_by(self, happening: Happening) -> bool:
        """Whether this is what was waited for."""
        return (
            self.kind is happening.kind
            and self.zone in (None, happening.zone)
            and (self.category is None or self.category in happening.bought)
            and self.campaign in (None, happening.campaign)
            and self.name in (None, happening.name)
        )


@dataclass(frozen=True, slots=True)
class Branch:
    """What follows on one way.

    offers: those of the campaign that it may make; none named = all. message: what the staff read.
    """

    does: Does
    offers: tuple[OfferId, ...] = ()
    message: str | None = None


NOTHING = Branch(Does.NOTHING)


@dataclass(frozen=True, slots=True)
class Step:
    """Wait until the event, or for `for_s`, or until the store's clock shows `at_minute`.

    awaited: None = only the time. for_s / at_minute: one of them at least; the first one counts.
    """

    awaited: Awaited | None = None
    for_s: int | None = None
    at_minute: int | None = None
    on_event: Branch = NOTHING
    on_timeout: Branch = NOTHING

    def branch(self, way: Way) -> Branch:
        """What follows on this way."""
        return self.on_event if way is Way.EVENT else self.on_timeout

    def due_at(self, began: datetime, local: tzinfo) -> datetime:
        """When the time is up for who began to wait at `began`; always later than that.

        A time of day is due at the first instant at which the store's clock shows it or a later
        one, as for schedules: once on nights on which the clocks change.
        """
        ends = [] if self.for_s is None else [began + timedelta(seconds=self.for_s)]
        if self.at_minute is not None:
            ends.append(_next_time(began, self.at_minute, local))
        return min(ends)

    def purposes(self, trigger: TriggerKind) -> frozenset[Purpose]:
        """What a shopper must agree to for waiting, with this kind of trigger before it."""
        found = {Purpose.OFFERS}
        kind = self.awaited.kind if self.awaited is not None else None
        if trigger in _OF_TILL or kind in (_A.PURCHASE, _A.OFFER_REDEEMED):
            found.add(Purpose.PROFILE)
        if trigger in _OF_PLACE | _OF_LEAVING or kind is _A.ZONE_ENTER:
            found.add(Purpose.LOCATION)
        return frozenset(found)


def _next_time(began: datetime, minute: int, local: tzinfo) -> datetime:
    day = began.astimezone(local).date()
    clock = time(minute // 60, minute % 60)
    while True:
        at = first_instant(datetime.combine(day, clock), local)
        if at > began:
            return at
        day += timedelta(days=1)
