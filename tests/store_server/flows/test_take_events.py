"""Events come in: the purpose is asked first, each counts once, and none outlives its time."""

from datetime import datetime, timedelta

import pytest

from store_server.clock import SteppedClock
from store_server.database import Database, read_only
from store_server.errors import Conflict
from store_server.flows.load_seed import load_shoppers
from store_server.flows.record_consent import record_consent
from store_server.flows.show_shopper import show_shopper
from store_server.flows.take_events import declare_event_kind, expire_events, take_events
from store_server.ids import ShopperId
from store_server.shoppers.consent import Purpose
from store_server.shoppers.event import EventKind, GivenEvent
from tests.store_server.every_table import everything
from tests.store_server.flows.shopper_builders import a_known_shopper, a_quiet_shop
from tests.store_server.presence.builders import Shop
from tests.store_server.shoppers.builders import MONDAY
from tests.store_server.shoppers.test_event import RATED

ANN = ShopperId("ann")


def a_shop_with_ann(database: Database) -> Shop:
    """Ann agrees to a profile since Monday."""
    shop = a_quiet_shop(database)
    shop.run(load_shoppers, shoppers=[a_known_shopper("ann"), a_known_shopper("bob")])
    shop.run(declare_event_kind, kind=RATED)
    say(shop, granted=True)
    return shop


def say(shop: Shop, *, granted: bool) -> None:
    words = {"source": "app", "text_version": "1"}
    shop.run(record_consent, shopper=ANN, purpose=Purpose.PROFILE, granted=granted, **words)


def rated(name: str = "e-1", *, who: str = "ann", at: datetime = MONDAY) -> GivenEvent:
    return GivenEvent(name, who, "rated", at, {"product": "bread", "stars": 5})


def kept(shop: Shop) -> list[str]:
    with read_only(shop.database.read, None) as uow:
        rows = [row for name, row in everything(uow.session) if name == "shopper_event"]
    return [str(row["event_id"]) for row in rows]


def test_each_event_is_judged_alone_and_counts_once(database: Database) -> None:
    shop = a_shop_with_ann(database)
    batch = [rated("e-1"), rated("e-2", who="nobody"), rated("e-1"), rated("e-3")]

    first = shop.run(take_events, events=batch)
    again = shop.run(take_events, events=batch)

    assert [one.status for one in first] == ["taken", "refused", "known", "taken"]
    assert (first[1].code, first[1].index) == ("unknown_shopper", 1)
    assert [one.status for one in again] == ["known", "refused", "known", "known"]
    assert kept(shop) == ["e-1", "e-3"]


def test_without_consent_nothing_at_all_is_kept(database: Database) -> None:
    shop = a_shop_with_ann(database)
    batch = [rated("e-1", who="bob"), rated("e-2", at=MONDAY - timedelta(minutes=1))]

    results = shop.run(take_events, events=batch)

    assert [one.code for one in results] == ["no_consent", "no_consent"]
    with read_only(database.read, None) as uow:
        assert not [row for row in everything(uow.session) if "e-1" in repr(row)]


def test_a_no_takes_the_events_of_its_purpose_away(database: Database) -> None:
    shop = a_shop_with_ann(database)
    shop.run(take_events, events=[rated()])

    say(shop, granted=False)

    assert kept(shop) == []


def test_events_end_when_their_kind_says(database: Database) -> None:
    shop = a_shop_with_ann(database)
    shop.run(take_events, events=[rated()])
    clock = shop.rooms.clock
    assert isinstance(clock, SteppedClock)

    clock.advance_to(MONDAY + timedelta(days=29))
    assert not shop.run(expire_events)
    before = kept(shop)
    clock.advance_to(MONDAY + timedelta(days=30))
    shop.run(expire_events)

    assert (before, kept(shop)) == (["e-1"], [])


def test_a_download_tells_of_events(database: Database) -> None:
    shop = a_shop_with_ann(database)
    shop.run(take_events, events=[rated()])

    with read_only(database.read, shop.rooms.live) as uow:
        data = show_shopper(uow, shop.rooms, now=MONDAY, shopper=ANN)

    said = {"product": "bread", "stars": 5.0}
    one = {"event_id": "e-1", "kind": "rated", "at": "2026-03-02T08:00:00Z", "said": said}
    assert data["events"] == [one]


def test_a_kind_with_events_keeps_its_meaning(database: Database) -> None:
    shop = a_shop_with_ann(database)
    changed = EventKind("rated", Purpose.OFFERS)

    shop.run(declare_event_kind, kind=changed)
    shop.run(declare_event_kind, kind=RATED)
    shop.run(take_events, events=[rated()])

    with pytest.raises(Conflict, match="another name"):
        shop.run(declare_event_kind, kind=changed)
