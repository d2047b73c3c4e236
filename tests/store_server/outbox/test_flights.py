"""Recalls: what was claimed before is refused, what is out is told, nothing leaves after."""

import threading

import pytest

from store_server.outbox.flights import RECALLS_KEPT, Flight, Flights, Recalled
from tests.store_server.outbox.builders import ANN, BOB


def test_a_claim_from_before_the_no_may_not_begin() -> None:
    flights = Flights()
    before = flights.ticket()

    flights.recall(ANN)

    assert flights.begin(ANN, ticket=before) is None
    assert flights.begin(BOB, ticket=before) is not None


def test_a_claim_from_after_it_may() -> None:
    flights = Flights()
    flights.recall(ANN)

    assert flights.begin(ANN, ticket=flights.ticket()) is not None


def test_a_recall_reaches_what_is_under_way_to_the_shopper_only() -> None:
    flights = Flights()
    anns, bobs = (flights.begin(one, ticket=flights.ticket()) for one in (ANN, BOB))
    assert anns
    assert bobs

    assert flights.recall(ANN) == 1

    assert (anns.is_recalled, bobs.is_recalled) == (True, False)


def test_a_recall_of_all_reaches_everybody() -> None:
    flights = Flights()
    before = flights.ticket()
    flying = flights.begin(BOB, ticket=before)
    assert flying

    assert flights.recall_all() == 1

    assert flying.is_recalled
    assert flights.begin(ANN, ticket=before) is None


def test_what_is_over_is_not_recalled() -> None:
    flights = Flights()
    flight = flights.begin(ANN, ticket=flights.ticket())
    assert flight

    flights.end(flight)

    assert flights.recall(ANN) == 0


def test_nothing_leaves_a_recalled_flight() -> None:
    flight = Flight(ANN)
    flight.recall()

    with pytest.raises(Recalled), flight.leaving():
        pytest.fail("it left")


def test_a_recall_returns_when_nothing_is_leaving() -> None:
    flight, order = Flight(ANN), list[str]()

    def recall() -> None:
        flight.recall()
        order.append("recalled")

    recalling = threading.Thread(target=recall)
    with flight.leaving():
        recalling.start()
        order.append("left")
    recalling.join()

    assert order == ["left", "recalled"]


def test_old_recalls_are_forgotten() -> None:
    flights = Flights()
    for number in range(RECALLS_KEPT + 1):
        flights.recall(type(ANN)(f"s-{number}"))

    assert len(flights._recalled) == RECALLS_KEPT
