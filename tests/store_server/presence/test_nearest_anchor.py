"""The strongest-anchor engine: when it says a zone, when it keeps quiet."""

import pytest

from store_server.presence.engine import Stay
from store_server.presence.policy import PresencePolicy
from store_server.shop.floor_plan import beacon_anchor
from tests.store_server.presence.builders import (
    BAKERY_BEACON,
    BAKERY_GW,
    ENTRANCE_BEACON,
    ENTRANCE_GW,
    T0,
    an_engine,
    heard,
    in_words,
    staying,
    told,
)
from tests.store_server.shop.builders import BAKERY, ENTRANCE


def test_enters_after_leading_for_the_first_hold() -> None:
    events = told(an_engine(), staying(0, 5))

    assert in_words(events) == [("enter", "entrance", 1.0)]


def test_moves_when_another_zone_leads_long_enough() -> None:
    walk = [*staying(0, 10), *staying(11, 20, anchor=BAKERY_GW)]

    events = in_words(told(an_engine(), walk))

    assert [(kind, zone) for kind, zone, _ in events] == [
        ("enter", "entrance"),
        ("exit", "entrance"),
        ("enter", "bakery"),
    ]
    assert events[1][2] == events[2][2]
    assert 14.0 <= events[1][2] <= 18.0


def test_a_spike_does_not_move_anybody() -> None:
    walk = [*staying(0, 10), heard(11, anchor=BAKERY_GW, rssi_dbm=-50), *staying(12, 20)]

    events = told(an_engine(), walk)

    assert in_words(events) == [("enter", "entrance", 1.0)]


def test_neighbours_of_equal_level_do_not_flap() -> None:
    walk = [
        heard(step, anchor=anchor, rssi_dbm=-65 + (2 if (step + place) % 2 else -2))
        for step in range(60)
        for place, anchor in enumerate((ENTRANCE_GW, BAKERY_GW))
    ]

    events = told(an_engine(PresencePolicy(dwell_marks_s=())), walk)

    assert len(events) == 1


def test_exit_by_silence_has_the_time_of_the_last_sighting() -> None:
    engine = an_engine(PresencePolicy(dwell_marks_s=()))
    told(engine, staying(0, 20))

    before, after = engine.advance(T0 + 49.9), engine.advance(T0 + 50)

    assert before == []
    assert in_words(after) == [("exit", "entrance", 20.0)]
    assert (after[0].reason, after[0].dwell_s) == ("silence", 19.0)


def test_dwell_has_the_time_of_its_mark() -> None:
    events = told(an_engine(PresencePolicy(dwell_marks_s=(5, 10.5))), staying(0, 20))

    assert in_words(events)[1:] == [("dwell", "entrance", 6.0), ("dwell", "entrance", 11.5)]


def test_silence_is_not_credited_as_dwelling() -> None:
    engine = an_engine(PresencePolicy(dwell_marks_s=(20,)))

    events = told(engine, staying(0, 10), until_s=60)

    assert [event.kind for event in events] == ["enter", "exit"]


def test_a_mark_that_a_campaign_asks_for_is_watched_by_the_fork() -> None:
    engine = an_engine(PresencePolicy(dwell_marks_s=())).fork(dwell_marks_s=(7,))

    events = told(engine, staying(0, 10))

    assert ("dwell", "entrance", 8.0) in in_words(events)


def test_phones_that_report_beacons_may_be_silent_longer() -> None:
    engine = an_engine()
    burst = [heard(step, anchor=beacon_anchor(ENTRANCE_BEACON)) for step in range(4)]
    told(engine, burst)

    still, gone = engine.advance(T0 + 182), engine.advance(T0 + 183)

    assert still == []
    assert in_words(gone) == [("exit", "entrance", 3.0)]


def test_a_single_reading_is_enough_to_enter() -> None:
    reading = [heard(0, anchor=beacon_anchor(BAKERY_BEACON), rssi_dbm=-70, power=None)]

    events = told(an_engine(), reading, until_s=2)

    assert in_words(events) == [("enter", "bakery", 1.0)]


def test_levels_count_by_the_power_that_the_sender_states() -> None:
    quiet = [heard(step, rssi_dbm=-80, power=-80) for step in range(5)]
    loud = [heard(step, anchor=BAKERY_GW, rssi_dbm=-75, power=-50) for step in range(5)]

    events = told(an_engine(), sorted([*quiet, *loud]))

    assert [event.zone for event in events] == [ENTRANCE]


def test_a_beacon_must_lead_more_to_overrule_a_gateway() -> None:
    engine = an_engine()
    told(engine, staying(0, 10))
    beacon = beacon_anchor(BAKERY_BEACON)

    events = told(engine, [heard(11 + step, anchor=beacon, rssi_dbm=-57) for step in range(6)])

    assert [event.kind for event in events] == []


def test_far_away_is_nowhere() -> None:
    events = told(an_engine(), [heard(step, rssi_dbm=-110) for step in range(10)])

    assert events == []


@pytest.mark.parametrize("rssi_dbm", [float("nan"), float("inf"), -400.0, 90.0])
def test_absurd_levels_change_nothing(rssi_dbm: float) -> None:
    engine = an_engine()

    engine.observe(heard(0, rssi_dbm=rssi_dbm))

    assert engine.devices() == ()


def test_an_unknown_anchor_changes_nothing() -> None:
    engine = an_engine()

    engine.observe(heard(0, anchor="gw:elsewhere"))

    assert engine.devices() == ()


def test_what_comes_too_late_is_not_put_before_what_was_said() -> None:
    engine = an_engine()
    told(engine, staying(0, 20), until_s=60)

    assert told(engine, staying(5, 15, anchor=BAKERY_GW)) == []


def test_comes_back_after_silence() -> None:
    engine = an_engine(PresencePolicy(dwell_marks_s=()))
    told(engine, staying(0, 5), until_s=60)

    events = told(engine, staying(70, 75, anchor=BAKERY_GW))

    assert in_words(events) == [("enter", "bakery", 71.0)]


def test_a_fork_leaves_the_published_engine_alone() -> None:
    engine = an_engine()
    told(engine, staying(0, 5))
    before = engine.estimate("s-1", T0 + 5)

    told(engine.fork(), staying(6, 30, anchor=BAKERY_GW), until_s=100)

    assert engine.estimate("s-1", T0 + 5) == before
    assert engine.devices() == ("s-1",)


def test_a_restored_stay_goes_on_and_ends_with_the_same_ids() -> None:
    whole, first = an_engine(), an_engine()
    second = an_engine()
    expected = told(whole, staying(0, 40), until_s=100)
    begun = told(first, staying(0, 20))

    second.restore([Stay("s-1", ENTRANCE, begun[0].t, T0 + 20)])
    rest = told(second, staying(21, 40), until_s=100)

    assert [event.id for event in [*begun, *rest]] == [event.id for event in expected]


def test_nothing_late_goes_before_an_ended_stay_after_a_restart() -> None:
    engine = an_engine()
    engine.restore([], ended={"s-1": T0 + 50})

    assert told(engine, staying(0, 40)) == []
    assert [event.zone for event in told(engine, staying(60, 65, anchor=BAKERY_GW))] == [BAKERY]


def test_a_forgotten_device_leaves_no_trace() -> None:
    engine = an_engine()
    told(engine, staying(0, 5))

    engine.forget("s-1")

    assert engine.estimate("s-1", T0 + 5) is None
    assert engine.advance(T0 + 100) == []


def test_the_estimate_lies_near_the_loud_anchor_and_widens_with_silence() -> None:
    engine = an_engine()
    told(engine, staying(0, 10))

    now, later = engine.estimate("s-1", T0 + 10), engine.estimate("s-1", T0 + 25)

    assert now is not None
    assert later is not None
    assert now.zone == ENTRANCE
    assert now.x == pytest.approx(5.0, abs=1.0)
    assert 0 <= later.confidence < now.confidence <= 1
    assert now.radius_m is not None
    assert later.radius_m is not None
    assert later.radius_m > now.radius_m
