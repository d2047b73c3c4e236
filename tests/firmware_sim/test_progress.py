import pytest

from firmware_sim.progress import read_progress

DONE: dict[str, object] = {
    "event_now_ms": 5000,
    "pending_observations": 0,
    "gateways": {"gw-1": {"online": True, "last_sent_at_ms": 5000, "applied_batches": 3}},
    "outbox": {"queued": 0, "sending": 0, "delivered": 4},
    "counts": {"sightings": 7, "decisions": {"offered": 2}, "reasons": {"held_out": 1}},
}


def test_a_store_that_has_done_everything_does_not_lag() -> None:
    assert read_progress(DONE).lags(5000, ["gw-1"]) is None


@pytest.mark.parametrize(
    ("change", "lag"),
    [
        ({"event_now_ms": 4000}, "the event clock"),
        ({"pending_observations": 1}, "pending observations"),
        ({"outbox": {"queued": 1}}, "the outbox"),
        ({"outbox": {"sending": 1}}, "the outbox"),
        ({"gateways": {}}, "gateway gw-1"),
        ({"gateways": {"gw-1": {"last_sent_at_ms": None}}}, "gateway gw-1"),
    ],
)
def test_what_is_not_done_is_named(change: dict[str, object], lag: str) -> None:
    assert read_progress(DONE | change).lags(5000, ["gw-1"]) == lag


def test_decisions_and_reasons_are_found_beside_or_within_the_counts() -> None:
    within = read_progress(DONE)
    beside = read_progress(DONE | {"decisions": {"offered": 2}, "reasons": {"held_out": 1}})

    assert within.decisions == beside.decisions == {"offered": 2}
    assert within.reasons == beside.reasons == {"held_out": 1}


def test_an_answer_without_sense_is_an_empty_progress() -> None:
    assert read_progress({"gateways": [1], "outbox": "x", "event_now_ms": None}).event_now_ms == 0
