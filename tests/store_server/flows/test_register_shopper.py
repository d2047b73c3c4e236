import pytest

from store_server.clock import SteppedClock
from store_server.database import Database
from store_server.errors import Conflict, Unprocessable
from store_server.flows.register_shopper import register_shopper
from store_server.flows.roll_identities import roll_identities
from store_server.ids import HouseholdId, ShopperId
from store_server.shoppers.identity import EnrolledIdentity, IdentityTable
from tests.store_server.flows.shopper_builders import a_quiet_shop, eid_of
from tests.store_server.presence.builders import T0_MS
from tests.store_server.shoppers.builders import MONDAY, a_key, an_identity

ANN = ShopperId("ann")


def test_a_new_shopper_is_created_and_what_is_not_said_stays(database: Database) -> None:
    shop = a_quiet_shop(database)

    first = shop.run(register_shopper, shopper=ANN, household=HouseholdId("h-1"), language="de-AT")
    again = shop.run(register_shopper, shopper=ANN, language="en")

    assert (first.created, again.created) == (True, False)
    assert (again.shopper.household, again.shopper.language) == ("h-1", "en")
    assert again.shopper.created_at == first.shopper.created_at


def test_an_enrolled_phone_is_recognised_at_once_and_after_a_restart(database: Database) -> None:
    shop = a_quiet_shop(database)
    shop.run(roll_identities)

    shop.run(register_shopper, shopper=ANN, identities=[an_identity("ann", key=a_key(7))])
    live = shop.rooms.live.identities
    restarted = a_quiet_shop(database)
    restarted.run(roll_identities)

    for table in (live, restarted.rooms.live.identities):
        found = table.resolve("eid", eid_of(a_key(7)), T0_MS)
        assert found is not None
        assert found.shopper == "ann"


def test_a_key_of_another_shopper_is_refused_and_nothing_changes(database: Database) -> None:
    shop = a_quiet_shop(database)
    shop.run(register_shopper, shopper=ANN, identities=[an_identity(key=a_key(7))])
    before = shop.rooms.live

    with pytest.raises(Conflict):
        shop.run(register_shopper, shopper=ShopperId("bob"), identities=[an_identity(key=a_key(7))])

    assert shop.rooms.live is before
    assert shop.run(register_shopper, shopper=ShopperId("bob")).created


@pytest.mark.parametrize(
    "identity",
    [
        EnrolledIdentity("p", ANN, "eid"),
        EnrolledIdentity("p", ANN, "eid", key=bytes(15)),
        EnrolledIdentity("p", ANN, "eid", key=bytes(16), identity="ab" * 16),
        EnrolledIdentity("p", ANN, "static_uid", identity="AB" * 16),
        EnrolledIdentity("p", ANN, "static_ibeacon", identity="ab" * 16),
        EnrolledIdentity("p", ANN, "eid", key=bytes(16), exponent=16),
        EnrolledIdentity("p", ANN, "eid", key=bytes(16), clock_offset_s=2**40),
        EnrolledIdentity("", ANN, "eid", key=bytes(16)),
    ],
)
def test_an_identity_that_cannot_be_heard_is_refused(
    database: Database, identity: EnrolledIdentity
) -> None:
    with pytest.raises(Unprocessable, match="identity"):
        a_quiet_shop(database).run(register_shopper, shopper=ANN, identities=[identity])


def test_a_period_that_begins_rolls_the_table_once(database: Database) -> None:
    clock = SteppedClock(MONDAY)
    shop = a_quiet_shop(database, clock=clock)
    shop.run(roll_identities)
    shop.run(register_shopper, shopper=ANN, identities=[an_identity("ann", key=a_key(7))])

    assert not shop.run(roll_identities)
    clock.advance_to(MONDAY.replace(hour=9))

    assert shop.run(roll_identities)
    assert not shop.run(roll_identities)
    later_ms = T0_MS + 3_600_000
    found = shop.rooms.live.identities.resolve("eid", eid_of(a_key(7), at_ms=later_ms), later_ms)
    assert found is not None


def test_the_builders_shop_starts_without_a_table(database: Database) -> None:
    assert a_quiet_shop(database).rooms.live.identities == IdentityTable()
