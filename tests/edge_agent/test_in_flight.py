"""InFlight: order, resends, and when a batch is refused."""

import random

from edge_agent.backoff import Backoff
from edge_agent.in_flight import InFlight


def an_in_flight(*, most: int = 4, refuse_after: int = 3) -> InFlight:
    return InFlight(
        most=most,
        waits=Backoff(first_s=5.0, most_s=15.0),
        refuse_after=refuse_after,
        rng=random.Random(7),
    )


def send(in_flight: InFlight, *seqs: int, now_s: float = 0.0) -> None:
    for seq in seqs:
        in_flight.note_sent(seq, now_s)


def a_round(in_flight: InFlight, *, heard: bool) -> int | None:
    """Send 5 and 6, hear a stale acknowledgement or nothing, and let the wait pass."""
    send(in_flight, 5, 6)
    if heard:
        in_flight.note_ack(4, 1.0)
    return in_flight.rewind_if_due(1_000.0)


def test_only_so_many_batches_are_unacknowledged() -> None:
    in_flight = an_in_flight(most=3)
    send(in_flight, 1, 2, 3)

    assert in_flight.room == 0
    in_flight.note_ack(2, 1.0)
    assert in_flight.room == 2
    assert in_flight.last_sent_seq == 3


def test_without_progress_everything_unacknowledged_is_sent_again() -> None:
    in_flight = an_in_flight()
    in_flight.note_ack(4, 0.0)
    send(in_flight, 5, 6)

    assert in_flight.rewind_if_due(3.9) is None
    assert in_flight.last_sent_seq == 6
    in_flight.rewind_if_due(6.1)
    assert in_flight.last_sent_seq == 4


def test_waits_grow_without_progress_and_shrink_with_it() -> None:
    in_flight = an_in_flight()
    waits = []
    for _ in range(3):
        send(in_flight, 5)
        waits.append(in_flight.resend_at_s)
        in_flight.rewind_if_due(1_000.0)
    send(in_flight, 5, 6)
    in_flight.note_ack(5, 0.0)

    for wait, nominal_s in zip(waits, (5, 10, 15), strict=True):
        assert 0.8 * nominal_s <= (wait or 0) <= 1.2 * nominal_s
    assert in_flight.resend_at_s is not None
    assert in_flight.resend_at_s <= 6.0


def test_nothing_in_flight_needs_no_resend() -> None:
    in_flight = an_in_flight()
    send(in_flight, 1)
    in_flight.note_ack(1, 0.5)

    assert in_flight.resend_at_s is None
    assert not in_flight.waiting


def test_a_batch_that_a_living_server_never_takes_is_refused() -> None:
    in_flight = an_in_flight(refuse_after=3)
    in_flight.note_ack(4, 0.0)

    outcomes = [a_round(in_flight, heard=True) for _ in range(3)]

    assert outcomes == [None, None, 5]


def test_a_dead_server_refuses_nothing() -> None:
    in_flight = an_in_flight(refuse_after=2)
    in_flight.note_ack(4, 0.0)

    assert [a_round(in_flight, heard=False) for _ in range(20)] == [None] * 20


def test_progress_forgives_earlier_refusals() -> None:
    in_flight = an_in_flight(refuse_after=2)
    in_flight.note_ack(4, 0.0)
    a_round(in_flight, heard=True)
    send(in_flight, 5, 6)
    in_flight.note_ack(5, 0.0)

    assert in_flight.rewind_if_due(1_000.0) is None
