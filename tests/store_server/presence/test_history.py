"""Late stays in the history of visits: whatever comes, visits stay apart and nothing is lost."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.ids import ShopperId
from store_server.presence.history import LEAST_PIECE_S, Correction, corrected
from store_server.presence.policy import PresencePolicy
from store_server.presence.visit import Visit, VisitBook, VisitRules, ZoneStay
from tests.store_server.presence.builders import SCOPE, at_s
from tests.store_server.presence.test_visit import enter, leave
from tests.store_server.shop.builders import BAKERY, ENTRANCE

RULES = VisitRules(SCOPE, frozenset({"entrance"}), PresencePolicy())
# Seconds away and seconds of a stay, in turn.
GAPS = st.lists(st.tuples(st.integers(1, 500), st.integers(1, 200), st.booleans()), max_size=6)


def known(gaps: list[tuple[int, int, bool]]) -> list[Visit]:
    """The visits of stays with these gaps before and these lengths; the last is open or over."""
    book, kept, at = VisitBook(), dict[str, Visit](), 0
    for away, stayed, by_the_door in gaps:
        at, zone = at + away, "entrance" if by_the_door else "bakery"
        step = book.take([enter(at, zone), leave(at + stayed, zone)], rules=RULES)
        book, at = step.book, at + stayed
        kept |= {change.visit.id: change.visit for change in step.changes}
    return sorted(kept.values(), key=lambda one: one.started_at)


def late(gaps: list[tuple[int, int, bool]]) -> list[ZoneStay]:
    stays, at = list[ZoneStay](), 0
    for away, stayed, by_the_door in gaps:
        zone = ENTRANCE if by_the_door else BAKERY
        stays.append(ZoneStay(zone, at_s(at + away), at_s(at + away + stayed)))
        at += away + stayed
    return stays


def correct(visits: list[Visit], stays: list[ZoneStay]) -> tuple[list[Visit], Correction]:
    """All visits after the correction, and the correction."""
    found = corrected(visits, stays, shopper=ShopperId("s-1"), rules=RULES)
    after = {one.id: one for one in visits if one.id not in found.absorbed}
    after |= {one.id: one for one in found.visits}
    return sorted(after.values(), key=lambda one: one.started_at), found


@settings(max_examples=150, deadline=None)
@given(GAPS, GAPS)
def test_visits_never_overlap_and_a_gap_lies_between(
    before: list[tuple[int, int, bool]], more: list[tuple[int, int, bool]]
) -> None:
    visits, _ = correct(known(before), late(more))

    for first, second in pairwise(visits):
        assert first.ended_at is not None
        away_s = (second.started_at - first.ended_at).total_seconds()
        assert away_s >= RULES.gap_s(first)


@settings(max_examples=150, deadline=None)
@given(GAPS, GAPS)
def test_stays_are_in_order_and_what_was_known_stands(
    before: list[tuple[int, int, bool]], more: list[tuple[int, int, bool]]
) -> None:
    told = known(before)

    visits, _ = correct(told, late(more))

    stays = [stay for visit in visits for stay in visit.zones]
    assert {stay for visit in told for stay in visit.zones} <= set(stays)
    for first, second in pairwise(stays):
        assert first.left_at is not None
        assert first.left_at <= second.entered_at
    for visit in visits:
        assert visit.started_at == visit.zones[0].entered_at
        assert visit.ended_at in (None, visit.zones[-1].left_at)


@settings(max_examples=100, deadline=None)
@given(GAPS, GAPS)
def test_the_same_again_changes_nothing(
    before: list[tuple[int, int, bool]], more: list[tuple[int, int, bool]]
) -> None:
    once, _ = correct(known(before), late(more))

    twice, found = correct(once, late(more))

    assert twice == once
    assert (found.visits, found.events) == ([], [])


@settings(max_examples=100, deadline=None)
@given(GAPS, GAPS)
def test_every_absorbed_visit_is_part_of_one_that_is_there(
    before: list[tuple[int, int, bool]], more: list[tuple[int, int, bool]]
) -> None:
    told = known(before)

    visits, found = correct(told, late(more))

    by_id = {one.id: one for one in visits}
    for gone, kept in found.absorbed.items():
        (was,) = (one for one in told if one.id == gone)
        assert set(was.zones) <= set(by_id[kept].zones)
        assert by_id[kept].started_at <= was.started_at
    assert len(visits) >= len(told) - len(found.absorbed)


def test_a_piece_where_a_stay_ended_makes_the_visit_as_long() -> None:
    visits, found = correct(known([(1, 50, False)]), late([(20, 100, False)]))

    assert [len(one.zones) for one in visits] == [2]
    assert visits[0].ended_at in (None, at_s(120))
    assert visits[0].zones[-1].left_at == at_s(120)
    assert [one.kind for one in found.events] == ["enter", "exit"]


def test_a_bridge_joins_three_visits_under_the_first_name() -> None:
    apart = known([(1, 50, True), (200, 50, True), (200, 50, True)])
    assert len(apart) == 3

    visits, found = correct(apart, late([(60, 180, False), (70, 170, False)]))

    assert [one.id for one in visits] == [apart[0].id]
    assert found.absorbed == {one.id: apart[0].id for one in sorted(apart[1:], key=lambda v: v.id)}


def test_what_says_nothing_is_left_out() -> None:
    _, found = correct(known([(10, 50, False)]), late([(9, int(LEAST_PIECE_S) - 1, False)]))

    assert found == Correction([], [], {})
