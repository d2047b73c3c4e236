"""Visits: from the first zone entered to the last one left, never overlapping."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.presence.engine import ZoneEvent
from store_server.presence.policy import PresencePolicy
from store_server.presence.visit import Visit, VisitBook, VisitRules
from tests.store_server.presence.builders import SCOPE, T0, a_walk, an_engine, at_s, told
from tests.store_server.shop.builders import BAKERY, ENTRANCE

RULES = VisitRules(SCOPE, frozenset({"entrance"}), PresencePolicy())


def enter(after_s: float, zone: str = "bakery") -> ZoneEvent:
    name = BAKERY if zone == "bakery" else ENTRANCE
    return ZoneEvent(f"in-{after_s}", "enter", "s-1", name, T0 + after_s, T0 + after_s, 0.0)


def leave(after_s: float, zone: str = "bakery") -> ZoneEvent:
    name = BAKERY if zone == "bakery" else ENTRANCE
    return ZoneEvent(f"out-{after_s}", "exit", "s-1", name, T0 + after_s, T0, 0.0, "silence")


def test_starts_at_the_first_enter() -> None:
    step = VisitBook().take([enter(5)], rules=RULES)

    assert [change.kind for change in step.changes] == ["started"]
    visit = step.book.of("s-1")
    assert visit is not None
    assert (visit.started_at, visit.ended_at) == (at_s(5), None)
    assert step.visit_ids == {"in-5": visit.id}


def test_goes_on_through_a_corner_where_nothing_hears() -> None:
    step = VisitBook().take([enter(0), leave(10), enter(200, "entrance")], rules=RULES)

    visit = step.book.of("s-1")

    assert visit is not None
    assert [stay.zone for stay in visit.zones] == ["bakery", "entrance"]


def test_ends_at_the_last_exit_when_the_gap_is_over() -> None:
    book = VisitBook().take([enter(0), leave(10)], rules=RULES).book

    same, early = book.end_overdue(T0 + 309.9, rules=RULES)
    after, ended = book.end_overdue(T0 + 310, rules=RULES)

    assert (same, early) == (book, [])
    assert after.open == {}
    assert [(one.kind, one.visit.ended_at) for one in ended] == [("ended", at_s(10))]


def test_ends_sooner_by_the_door() -> None:
    book = VisitBook().take([enter(0, "entrance"), leave(10, "entrance")], rules=RULES).book

    _, ended = book.end_overdue(T0 + 70, rules=RULES)

    assert len(ended) == 1


def test_lasts_while_in_a_zone() -> None:
    book = VisitBook().take([enter(0)], rules=RULES).book

    _, ended = book.end_overdue(T0 + 36_000, rules=RULES)

    assert ended == []


def test_an_enter_after_the_gap_is_another_visit() -> None:
    step = VisitBook().take([enter(0), leave(10), enter(400)], rules=RULES)

    assert [change.kind for change in step.changes] == ["started", "moved", "ended", "started"]
    assert len({change.visit.id for change in step.changes}) == 2


def test_a_replay_names_the_visit_the_same() -> None:
    first = VisitBook().take([enter(5)], rules=RULES)
    second = VisitBook().take([enter(5)], rules=RULES)

    assert first == second


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_visits_of_one_shopper_never_overlap(seed: int) -> None:
    events = told(an_engine(), a_walk(seed, seconds=900), until_s=5_000)
    rules = VisitRules(SCOPE, frozenset({"entrance"}), PresencePolicy(exit_gap_s=5, visit_gap_s=9))

    step = VisitBook().take(sorted(events, key=lambda one: (one.t, one.device)), rules=rules)
    _, last = step.book.end_overdue(T0 + 10_000, rules=rules)

    of_each: dict[str, list[Visit]] = {}
    for change in [*step.changes, *last]:
        if change.kind == "ended":
            of_each.setdefault(change.visit.shopper, []).append(change.visit)
    for visits in of_each.values():
        for before, after in pairwise(visits):
            assert before.ended_at is not None
            assert before.started_at <= before.ended_at <= after.started_at
