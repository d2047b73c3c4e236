from firmware_sim.events import DeviceKind
from firmware_sim.score import (
    Stay,
    ZoneScore,
    score_kinds,
    score_shopper,
    stays_of,
    true_lift,
    visits_of,
)
from firmware_sim.shopper_response import Taste

TRUTH = dict.fromkeys(range(100, 110), "bakery") | dict.fromkeys(range(110, 120), "dairy")


def test_a_server_that_says_the_truth_is_right_all_the_time() -> None:
    score = score_shopper(TRUTH, [Stay("bakery", 100, 109), Stay("dairy", 110, None)])

    assert score == ZoneScore(20, 20, 20)


def test_seconds_without_a_claim_lower_the_coverage_and_not_the_accuracy() -> None:
    score = score_shopper(TRUTH, [Stay("bakery", 100, 104)])

    assert (score.accuracy, score.coverage) == (1.0, 0.25)


def test_a_wrong_zone_lowers_the_accuracy() -> None:
    assert score_shopper(TRUTH, [Stay("bakery", 100, 119)]).accuracy == 0.5


def test_claims_after_the_shopper_has_left_do_not_count() -> None:
    assert score_shopper(TRUTH, [Stay("dairy", 110, 300)]) == ZoneScore(20, 10, 10)


def test_nothing_claimed_has_no_accuracy() -> None:
    assert score_shopper(TRUTH, []).accuracy is None


def test_scores_are_kept_apart_by_kind_of_device() -> None:
    scores = score_kinds(
        {"a": TRUTH, "b": TRUTH},
        {"a": [Stay("bakery", 100, 119)], "b": []},
        kinds={"a": DeviceKind.TAG, "b": DeviceKind.IOS_POCKET},
    )

    assert scores[DeviceKind.TAG].accuracy == 0.5
    assert scores[DeviceKind.IOS_POCKET].coverage == 0


def test_stays_are_read_from_a_data_download_and_garbage_is_left_out() -> None:
    zone = {"zone": "bakery", "entered_at": "1970-01-01T00:01:40Z", "left_at": None}

    stays = stays_of({"data": {"visits": [{"zones": [zone, {"zone": 5}, "x"]}, 7]}})

    assert stays == [Stay("bakery", 100.0, None)]


def test_the_true_lift_is_what_taste_says_of_those_who_were_offered() -> None:
    taste = Taste({"s-1": {"BREAD": 0.3}}, seed=1)
    chances = taste.chances("s-1", "BREAD")

    assert true_lift(taste, [("s-1", "BREAD")]) == chances.offered - chances.without
    assert true_lift(taste, []) is None


def test_visits_are_read_from_a_data_download_and_one_that_is_not_over_has_no_end() -> None:
    began = "1970-01-01T00:01:40Z"
    visits = [
        {"started_at": began, "ended_at": "1970-01-01T00:02:00Z"},
        {"started_at": began, "ended_at": None},
        {"started_at": 5},
    ]

    assert visits_of({"data": {"visits": visits}}) == [(100.0, 120.0), (100.0, None)]
