"""What a tree means, leaf by leaf, where something is not known above all."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from store_server.ids import ShopperId
from store_server.shoppers.profile import Profile, Standing
from store_server.shoppers.segments.check import TREE
from store_server.shoppers.segments.closure import compile_tree
from store_server.shoppers.segments.explanation import explain
from store_server.shoppers.segments.subject import (
    LiveFacts,
    Moment,
    PurchaseFact,
    SegmentSubject,
    without_profile,
)
from store_server.shoppers.segments.window import DAY_MS

Json = dict[str, Any]
NOW_MS = 1_800_000_000_000
NOBODY = SegmentSubject(Profile(ShopperId("ann")), Moment(NOW_MS, date(2027, 1, 15)))
BOUGHT: Json = {"source": "purchases", "categories": ["bread"]}
# Comparisons of which nothing is known for somebody who said and bought nothing.
UNKNOWN: list[Json] = [
    {"kind": "text", "name": "city", "op": "is_not", "values": ["Graz"]},
    {"kind": "choice", "name": "tier", "op": "is_not", "values": ["gold"]},
    {"kind": "number", "name": "points", "op": "ne", "value": 1},
    {"kind": "bool", "name": "vip", "value": False},
    {"kind": "date", "name": "born", "op": "before", "day": "2999-01-01"},
    {"kind": "stage", "values": ["new"]},
    {"kind": "band", "of": "value", "op": "ne", "value": 3},
    {"kind": "figure", "of": "churn_risk", "op": "lt", "value": 2},
    {"kind": "recency", "facts": BOUGHT, "op": "within", "days": 30},
    {"kind": "recency", "facts": BOUGHT, "op": "longer_ago", "days": 30},
    {"kind": "live_dwell", "op": "ge", "seconds": 0},
]


def holds(tree: Json, subject: SegmentSubject = NOBODY, **segments: Json) -> bool:
    trees = {name: TREE.validate_python(one) for name, one in segments.items()}
    return compile_tree(TREE.validate_python(tree), trees)(subject)


def with_said(**attributes: Any) -> SegmentSubject:
    return replace(NOBODY, profile=replace(NOBODY.profile, attributes=attributes))


def with_bread(*days_ago: float) -> SegmentSubject:
    lines = sorted(
        PurchaseFact(NOW_MS - round(ago * DAY_MS), f"b-{ago}", "p", "bread", 2, 300)
        for ago in days_ago
    )
    return replace(NOBODY, purchases=tuple(lines), memo={})


@pytest.mark.parametrize("leaf", UNKNOWN, ids=lambda leaf: f"{leaf['kind']}-{leaf.get('op', '')}")
def test_a_comparison_with_what_is_not_known_is_false_and_its_not_is_true(leaf: Json) -> None:
    assert not holds(leaf)
    assert holds({"kind": "not", "of": leaf})


def test_counts_and_sums_of_nothing_are_zero_not_unknown() -> None:
    for measure in ("count", "baskets", "quantity", "amount"):
        tally = {"kind": "tally", "facts": BOUGHT, "measure": measure, "op": "lt", "value": 1}

        assert holds(tally)
        assert not holds({"kind": "not", "of": tally})


def test_a_window_ends_now_and_starts_just_after_its_days() -> None:
    tally: Json = {"kind": "tally", "facts": BOUGHT, "days": 7, "op": "eq", "value": 2}

    assert holds(tally, with_bread(0, 6.99, 7, -0.01))
    assert holds({"kind": "recency", "facts": BOUGHT, "op": "longer_ago", "days": 7}, with_bread(7))


def test_texts_are_compared_without_regard_to_case_or_composition() -> None:
    leaf = {"kind": "text", "name": "city", "op": "is", "values": ["STRASSE CAFÉ"]}

    assert holds(leaf, with_said(city="Straße cafe\u0301"))


@pytest.mark.parametrize(
    ("born", "today", "days", "kept"),
    [
        ("1984-02-29", "2027-02-28", 0, True),
        ("1984-02-29", "2028-02-28", 0, False),
        ("1984-02-29", "2028-02-29", 0, True),
        ("1990-01-03", "2026-12-30", 4, True),
        ("1990-01-04", "2026-12-30", 4, False),
        ("1990-12-29", "2026-12-30", 365, True),
        ("1990-12-29", "2026-12-30", 363, False),
    ],
)
def test_anniversaries_go_over_new_year_and_keep_leap_days(
    born: str, today: str, days: int, kept: bool
) -> None:
    subject = with_said(born=date.fromisoformat(born))
    subject = replace(subject, moment=Moment(NOW_MS, date.fromisoformat(today)))

    assert holds({"kind": "anniversary", "name": "born", "days": days}, subject) is kept


def test_a_shopper_who_is_here_is_found_by_zone_dwell_and_visit() -> None:
    subject = replace(NOBODY, live=LiveFacts("bakery", 60, 300, frozenset({"dairy", "bakery"})))

    assert holds({"kind": "live_zone", "zones": ["bakery"]}, subject)
    assert not holds({"kind": "live_dwell", "op": "gt", "seconds": 60}, subject)
    assert holds({"kind": "live_visit", "op": "ge", "seconds": 300}, subject)
    assert holds({"kind": "live_visited", "zones": ["dairy"]}, subject)


def test_membership_of_another_segment_is_asked_through() -> None:
    other = {"kind": "not", "of": {"kind": "segment", "id": "workers"}}

    assert holds({"kind": "segment", "id": "other"}, other=other, workers={"kind": "staff"})


def test_without_consent_to_a_profile_what_is_kept_of_it_is_not_known() -> None:
    subject = with_bread(1)
    known = replace(subject.profile, attributes={"city": "Graz"}, standing=Standing(value_band=5))

    bare = without_profile(replace(subject, profile=known))

    assert holds({"kind": "known", "name": "city"}, replace(subject, profile=known))
    assert not holds({"kind": "known", "name": "city"}, bare)
    assert not holds({"kind": "band", "of": "value", "op": "ge", "value": 1}, bare)
    assert holds({"kind": "tally", "facts": BOUGHT, "op": "eq", "value": 0}, bare)


def test_an_explanation_tells_the_leaves_that_decided_and_what_was_found() -> None:
    in_graz = {"kind": "text", "name": "city", "op": "is", "values": ["graz"]}
    tree = {"kind": "all", "of": [in_graz, {"kind": "not", "of": {"kind": "staff"}}]}

    verdict = explain(TREE.validate_python(tree), with_said(city="Linz"), {})

    assert not verdict.belongs
    assert [(one.path, one.found) for one in verdict.deciding] == [("tree.of.0", "Linz")]
    assert [one.held for one in verdict.leaves] == [False, False]
