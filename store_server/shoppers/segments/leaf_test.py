"""One leaf of a segment as a function of a shopper; unknown is false, never an error."""

import operator
from collections.abc import Callable
from datetime import date
from typing import assert_never

from store_server.shoppers.attributes import fold
from store_server.shoppers.segments.counting import last_at_ms, tallied
from store_server.shoppers.segments.subject import SegmentSubject
from store_server.shoppers.segments.tree import (
    Anniversary,
    AttributeLeaf,
    Band,
    Bucket,
    Channel,
    ChoiceIs,
    Compare,
    DateIs,
    DateWithin,
    Everyone,
    FactLeaf,
    Figure,
    FlagIs,
    InHousehold,
    InSegment,
    Known,
    Language,
    Leaf,
    LiveDwell,
    LiveLeaf,
    LiveVisit,
    LiveVisited,
    LiveZone,
    NumberIs,
    ProfileLeaf,
    Recency,
    Staff,
    Stage,
    Tally,
    TextIs,
)
from store_server.shoppers.segments.window import DAY_MS, anniversaries, reach

Test = Callable[[SegmentSubject], bool]
Number = Callable[[SegmentSubject], int | float | None]

COMPARISONS: dict[Compare, Callable[[float, float], bool]] = {
    Compare.EQ: operator.eq,
    Compare.NE: operator.ne,
    Compare.LT: operator.lt,
    Compare.LE: operator.le,
    Compare.GT: operator.gt,
    Compare.GE: operator.ge,
}


def leaf_test(leaf: Leaf) -> Test:
    """Whether a leaf holds, as a function. Membership of a segment is not its to say."""
    if isinstance(leaf, AttributeLeaf):
        return _attribute(leaf)
    if isinstance(leaf, ProfileLeaf):
        return _profile(leaf)
    if isinstance(leaf, FactLeaf):
        return _facts(leaf)
    if isinstance(leaf, LiveLeaf):
        return _live(leaf)
    assert not isinstance(leaf, InSegment), "resolved where the other segments are known"
    assert isinstance(leaf, Everyone)
    return lambda _: True


def _attribute(leaf: AttributeLeaf) -> Test:
    name = leaf.name
    match leaf:
        case TextIs():
            return _text(leaf)
        case ChoiceIs():
            wanted, among = frozenset(leaf.values), leaf.op == "is"
            return lambda s: (
                isinstance(v := s.profile.attributes.get(name), str) and (v in wanted) is among
            )
        case NumberIs():
            holds, value = COMPARISONS[leaf.op], leaf.value
            return lambda s: (
                isinstance(v := s.profile.attributes.get(name), float) and holds(v, value)
            )
        case FlagIs():
            flag = leaf.value
            return lambda s: s.profile.attributes.get(name) is flag
        case DateIs() | DateWithin() | Anniversary():
            return _date(leaf)
        case Known():
            return lambda s: name in s.profile.attributes
        case _:
            assert_never(leaf)


def _text(leaf: TextIs) -> Test:
    name, wanted = leaf.name, tuple(fold(value) for value in leaf.values)
    holds: Callable[[str], bool]
    match leaf.op:
        case "is":
            holds = frozenset(wanted).__contains__
        case "is_not":
            holds = lambda text: text not in wanted  # noqa: E731 - one of four of a kind
        case "contains":
            holds = lambda text: any(value in text for value in wanted)  # noqa: E731
        case "starts_with":
            holds = lambda text: text.startswith(wanted)  # noqa: E731
        case _:
            assert_never(leaf.op)
    return lambda s: isinstance(v := s.profile.attributes.get(name), str) and holds(fold(v))


def _date(leaf: DateIs | DateWithin | Anniversary) -> Test:
    name = leaf.name
    match leaf:
        case DateIs():
            holds, day = _DAYS[leaf.op], leaf.day
            return lambda s: isinstance(v := s.profile.attributes.get(name), date) and holds(v, day)
        case DateWithin():
            return lambda s: (
                isinstance(v := s.profile.attributes.get(name), date) and _reached(v, s, leaf)
            )
        case Anniversary():
            return lambda s: (
                isinstance(v := s.profile.attributes.get(name), date)
                and v.isoformat()[5:] in anniversaries(s.moment.today, leaf.days)
            )
        case _:
            assert_never(leaf)


def _reached(day: date, subject: SegmentSubject, leaf: DateWithin) -> bool:
    first, last = reach(subject.moment.today, direction=leaf.direction, days=leaf.days)
    return first <= day <= last


_DAYS: dict[str, Callable[[date, date], bool]] = {
    "before": operator.lt,
    "on": operator.eq,
    "after": operator.gt,
}


def _profile(leaf: ProfileLeaf) -> Test:  # noqa: PLR0911 - one for each kind
    match leaf:
        case Language():
            wanted = frozenset(leaf.values)
            return lambda s: (
                s.profile.language in wanted or s.profile.language.partition("-")[0] in wanted
            )
        case InHousehold():
            return lambda s: s.profile.household is not None
        case Stage():
            stages = frozenset(leaf.values)
            return lambda s: s.profile.standing.stage in stages
        case Band():
            return _compared(_band(leaf), leaf.op, leaf.value)
        case Figure():
            return _compared(_figure(leaf), leaf.op, leaf.value)
        case Channel():
            return lambda s: leaf.channel in s.profile.channels
        case Staff():
            return lambda s: s.profile.staff
        case Bucket():
            return lambda s: leaf.first <= s.profile.random_bucket < leaf.below
        case _:
            assert_never(leaf)


def _compared(number: Number, op: Compare, value: float) -> Test:
    holds = COMPARISONS[op]
    return lambda s: (v := number(s)) is not None and holds(v, value)


def _band(leaf: Band) -> Number:
    if leaf.of == "value":
        return lambda s: s.profile.standing.value_band
    part = operator.attrgetter(leaf.of)
    return lambda s: None if (rfm := s.profile.standing.rfm) is None else part(rfm)


def _figure(leaf: Figure) -> Number:
    match leaf.of:
        case "lifetime_value_minor":
            return lambda s: s.profile.standing.lifetime_value_minor
        case "churn_risk":
            return lambda s: s.profile.standing.churn_risk
        case "next_visit_days":
            return lambda s: s.profile.standing.next_visit_days
        case "open_complaints":
            return lambda s: s.profile.open_complaints
        case _:
            assert_never(leaf.of)


def _facts(leaf: FactLeaf) -> Test:
    match leaf:
        case Tally():
            return _compared(tallied(leaf), leaf.op, leaf.value)
        case Recency():
            last, span_ms, within = last_at_ms(leaf), leaf.days * DAY_MS, leaf.op == "within"
            return lambda s: (
                (at_ms := last(s)) is not None and (at_ms > s.moment.at_ms - span_ms) is within
            )
        case _:
            assert_never(leaf)


def _live(leaf: LiveLeaf) -> Test:
    match leaf:
        case LiveZone():
            zones = frozenset(leaf.zones)
            return lambda s: s.live is not None and s.live.zone in zones
        case LiveVisited():
            seen = frozenset(leaf.zones)
            return lambda s: s.live is not None and not seen.isdisjoint(s.live.visited)
        case LiveDwell():
            return _compared(
                lambda s: None if s.live is None else s.live.dwell_s, leaf.op, leaf.seconds
            )
        case LiveVisit():
            return _compared(
                lambda s: None if s.live is None else s.live.visit_s, leaf.op, leaf.seconds
            )
        case _:
            assert_never(leaf)
