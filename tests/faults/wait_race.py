"""A chain whose shoppers all wait in a campaign's step: event and time race, servers are killed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from store_server.bootstrap.open_store import open_store
from store_server.database import UnitOfWork, unit_of_work
from store_server.flows.decide_triggers import decide_triggers
from store_server.flows.load_seed import load_offers
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.step import Awaited, AwaitedKind, Branch, Does
from store_server.offers.trigger import TriggerKind, TriggerRule
from store_server.settings import load_settings
from store_server.shoppers.consent import Purpose
from tests.faults.schedule_race import COUNTS, LONG_AGO, Chain
from tests.store_server.flows.wait_builders import CALL, MILK, TEN_MIN, a_journey, a_step
from tests.store_server.offers.builders import a_trigger, an_offer
from tests.store_server.shop.builders import BAKERY, ENTRANCE

MOST_AT_ONCE = 500
_WAITING = "SELECT count(*) FROM journey_wait WHERE state = 'waiting'"
WAIT_COUNTS: Mapping[str, str] = {
    "decisions": "SELECT count(*) FROM decision WHERE trigger_kind = 'step'",
    "waits that wait": _WAITING,
    "waits": "SELECT count(*) FROM journey_wait",
    "met": "SELECT count(*) FROM journey_wait WHERE ended_by = 'event'",
    "waits that did not fire": "SELECT count(*) FROM journey_wait WHERE state <> 'fired'",
    "fired and not one decision": (
        "SELECT count(*) FROM journey_wait w WHERE w.state = 'fired' AND 1 <> "
        "(SELECT count(*) FROM decision d WHERE d.shopper = w.shopper AND d.store = w.store)"
    ),
    "decided and not noted": (
        "SELECT count(*) FROM journey_wait w LEFT JOIN decision d ON d.id = w.decision "
        "AND d.shopper = w.shopper WHERE d.id IS NULL"
    ),
    "decided on the other way": (
        "SELECT count(*) FROM journey_wait w JOIN decision d ON d.id = w.decision "
        "WHERE (w.ended_by = 'event' AND (d.outcome = 'handed_over' OR d.offer <> 'milk')) "
        "OR (w.ended_by = 'timeout' AND d.outcome = 'offered')"
    ),
    "handed over and not one task": (
        "SELECT count(*) FROM decision d WHERE d.outcome = 'handed_over' AND 1 <> "
        "(SELECT count(*) FROM staff_task t WHERE t.decision = d.id)"
    ),
    "tasks beside the handed over": (
        "SELECT (SELECT count(*) FROM staff_task) - "
        "(SELECT count(*) FROM decision WHERE outcome = 'handed_over')"
    ),
    **{
        what: COUNTS[what]
        for what in (
            "decided in another store than their own",
            "coupons without one offered decision",
            "offered and not one coupon",
            "offered and not one notification",
            "issues beside the offered",
        )
    },
}


class WaitingChain(Chain):
    """Everybody stood at the bread at `began`, and waits ten minutes for the entrance."""

    flow: ClassVar[str] = "waits"
    counts: ClassVar[Mapping[str, str]] = WAIT_COUNTS
    purposes: ClassVar[tuple[Purpose, ...]] = (Purpose.OFFERS, Purpose.LOCATION)
    unfinished: ClassVar[tuple[str, ...]] = ("waits that wait",)

    def begin(self, began: datetime) -> datetime:
        """Have everybody begin to wait; when the time of all of them is up."""
        self.seed()
        for number, config in enumerate(self.configs):
            names = [f"s{one:06}" for one in range(number, self.shoppers, len(self.configs))]
            with (
                open_store(load_settings(config)) as opened,
                unit_of_work(opened.database.write, opened.rooms.live) as uow,
            ):
                for start in range(0, len(names), MOST_AT_ONCE):
                    asked = names[start : start + MOST_AT_ONCE]
                    _wait(uow, opened.rooms, asked, began=began)
        return began + timedelta(seconds=TEN_MIN)

    def faults(self) -> dict[str, int]:
        """What must be 0 and is not."""
        found = super().faults()
        return {what: number for what, number in found.items() if what not in ("waits", "met")}

    def _offers(self, uow: UnitOfWork[StoreLive], rooms: StoreRooms, cron: str) -> None:
        del cron
        step = a_step(
            awaited=Awaited(AwaitedKind.ZONE_ENTER, zone=ENTRANCE),
            on_event=Branch(Does.OFFER, (MILK,)),
            on_timeout=CALL,
        )
        rule = TriggerRule(TriggerKind.ZONE_DWELL, BAKERY, 20)
        journey = a_journey(step=step, trigger=rule, budget_minor=10**9)
        offers = [an_offer("rye", effect=0.6), an_offer("milk", effect=0.6)]
        load_offers(uow, rooms, now=LONG_AGO, offers=offers, campaigns=[journey])


def _wait(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, names: list[str], *, began: datetime
) -> None:
    triggers = [
        a_trigger(f"e-{name}", shopper=name, at=began, zone="bakery", visit=f"v2-{name}")
        for name in names
    ]
    decide_triggers(uow, rooms, now=began, triggers=triggers)
