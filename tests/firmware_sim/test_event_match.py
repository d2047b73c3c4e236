from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.event_match import LEAST_STAY_S, TrueStay, match, true_stays

BAKERY, DAIRY = TrueStay("bakery", 100, 130), TrueStay("dairy", 131, 150)
ENTERED = [(100.0, BAKERY), (131.0, DAIRY)]


def test_stays_are_cut_where_the_zone_changes_and_where_somebody_was_outside() -> None:
    zones = dict.fromkeys(range(10, 15), "a") | dict.fromkeys((15, 16), "b") | {20: "b"}

    stays = true_stays(zones)

    assert stays == [TrueStay("a", 10, 14), TrueStay("b", 15, 16), TrueStay("b", 20, 20)]
    assert [stay.counts for stay in stays] == [True, False, False]
    assert true_stays({}) == []


@given(st.dictionaries(st.integers(0, 200), st.sampled_from("abc")))
def test_stays_cover_every_second_once(zones: dict[int, str]) -> None:
    covered = [
        (second, stay.zone)
        for stay in true_stays(zones)
        for second in range(stay.from_s, stay.until_s + 1)
    ]

    assert covered == sorted(zones.items())


def test_right_claims_within_the_tolerance_are_found_with_their_delay() -> None:
    matched = match([(103.0, "bakery"), (139.0, "dairy")], ENTERED, tolerance_s=10)

    assert (matched.precision, matched.recall) == (1.0, 1.0)
    assert matched.late_s == [3.0, 8.0]


def test_a_late_one_a_wrong_one_and_a_double_one_are_not_right() -> None:
    claims = [(103.0, "bakery"), (104.0, "bakery"), (145.0, "dairy"), (131.0, "drinks")]

    matched = match(claims, ENTERED, tolerance_s=10)

    assert (matched.right, matched.claimed, matched.found, matched.due) == (1, 4, 1, 2)


def test_a_short_stay_need_not_be_found_and_may_be() -> None:
    passing = [(100.0, TrueStay("bakery", 100, 100 + LEAST_STAY_S - 2))]

    assert match([], passing, tolerance_s=10).recall is None
    assert match([(100.0, "bakery")], passing, tolerance_s=10).precision == 1.0


@given(st.lists(st.tuples(st.floats(0, 300), st.sampled_from(["bakery", "dairy"])), max_size=20))
def test_nothing_is_matched_twice(claims: list[tuple[float, str]]) -> None:
    matched = match(claims, ENTERED, tolerance_s=10)

    assert matched.right <= min(len(claims), len(ENTERED))
    assert matched.found <= matched.right == len(matched.late_s)
