"""Every channel through the outbox and to its real counterpart: restart, expiry, a no meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

import pytest

from store_server.database import Database
from store_server.flows.deliver_notifications import recover_deliveries
from store_server.flows.record_consent import record_consent
from store_server.flows.register_endpoint import register_endpoint
from store_server.flows.rooms import StoreRooms
from store_server.outbox.attempt import AttemptOutcome, Claim, Verdict, unanswered
from store_server.outbox.flights import Flight
from store_server.outbox.notification import Channel
from store_server.outbox.retry_schedule import Schedule
from store_server.shoppers.consent import Purpose
from tests.store_server.flows.contact_builders import (
    a_reachable_shop,
    claimed,
    ends,
    queue,
    settled,
)
from tests.store_server.outbox.builders import ANN, a_notification, minutes, run
from tests.store_server.outbox.counterparts import COUNTERPARTS, Counterpart

WAYS = [name for name in COUNTERPARTS if name != "staff"]


@dataclass(frozen=True, slots=True)
class Road:
    """A store with one offer on its way by one channel, and whoever is at its end."""

    rooms: StoreRooms
    there: Counterpart

    def send(self, claim: Claim) -> AttemptOutcome:
        """A try, as a delivery thread makes it; the address is the counterpart's."""
        flight = self.rooms.flights.begin(claim.shopper, ticket=claim.ticket)
        if flight is None:
            return unanswered(0, 0, "not begun", verdict=Verdict.NOT_BEGUN)
        return self._try(claim, flight)

    def _try(self, claim: Claim, flight: Flight) -> AttemptOutcome:
        met = replace(claim, address=self.there.address, secrets=self.there.secrets)
        return self.there.channel.send(met, flight)


@pytest.fixture(params=WAYS)
def road(request: pytest.FixtureRequest, sqlite_database: Database) -> Iterator[Road]:
    with COUNTERPARTS[request.param]() as there:
        rooms = a_reachable_shop(sqlite_database)
        if request.param == "webhook":
            run(sqlite_database, rooms, register_endpoint, url="https://app.example/")
        queue(sqlite_database, rooms, cast(Channel, request.param))
        yield Road(rooms, there)
        there.channel.close()


def test_a_restart_in_the_middle_sends_the_same_again(
    road: Road, sqlite_database: Database
) -> None:
    (first,) = claimed(sqlite_database, road.rooms)
    assert road.send(first).verdict is Verdict.TAKEN

    run(sqlite_database, road.rooms, recover_deliveries)
    (again,) = claimed(sqlite_database, road.rooms)
    settled(sqlite_database, road.rooms, [(again, road.send(again))])

    got = road.there.got()
    wanted = a_notification().id if road.there.shows_id else got[0].id
    assert [one.id for one in got] == [wanted, wanted]
    assert got[0].words == got[1].words
    assert ends(sqlite_database, road.rooms) == [("delivered", None)]


def test_what_is_over_is_not_sent(road: Road, sqlite_database: Database) -> None:
    assert claimed(sqlite_database, road.rooms, after=minutes(3)) == []
    assert ends(sqlite_database, road.rooms) == [("expired", "moment_over")]
    assert road.there.got() == []


def test_a_no_between_claim_and_try_holds_it_back(road: Road, sqlite_database: Database) -> None:
    (claim,) = claimed(sqlite_database, road.rooms)
    run(
        sqlite_database,
        road.rooms,
        record_consent,
        shopper=ANN,
        purpose=Purpose.OFFERS,
        granted=False,
        source="app",
        text_version="1",
    )

    outcome = road.send(claim)
    settled(sqlite_database, road.rooms, [(claim, outcome)])

    assert outcome.verdict is Verdict.NOT_BEGUN
    assert road.there.got() == []
    # What is left for a webhook is the event that tells of the no.
    left = claimed(sqlite_database, road.rooms, after=timedelta(seconds=1))
    assert [one for one in left if one.schedule is Schedule.OFFER] == []
    assert ("suppressed", "consent_withdrawn") in ends(sqlite_database, road.rooms)
