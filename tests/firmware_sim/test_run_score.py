from firmware_sim.events import DeviceKind
from firmware_sim.ground_truth import Track
from firmware_sim.observed import Observed
from firmware_sim.run_score import KindScore, occupancy, percentile, score_run

ZONES = dict.fromkeys(range(100, 160), "bakery") | dict.fromkeys(range(160, 200), "dairy")
PLACES = dict.fromkeys(range(98, 202), (5.0, 5.0))
TRACK = Track(PLACES, ZONES)
KINDS = {"s-1": DeviceKind.TAG, "s-2": DeviceKind.IOS_POCKET}


def perfect() -> Observed:
    return Observed(
        zones=dict(ZONES),
        places=dict(PLACES),
        enters=[(100.0, "bakery"), (160.0, "dairy")],
        exits=[(160.0, "bakery"), (200.0, "dairy")],
        visits=[(100.0, 199.0)],
    )


def test_who_says_the_truth_has_no_error_anywhere() -> None:
    score = KindScore()
    score.add(TRACK, perfect(), tolerance_s=10)

    figures = score.figures()
    full = [value for name, value in figures.items() if name.endswith(("precision", "recall"))]
    assert full == [1.0] * 4
    assert figures["zone_accuracy"] == figures["zone_claimed"] == 1.0
    assert figures["error_p95_m"] == figures["surplus_changes_per_h"] == 0
    assert figures["visit_length_error_p50_s"] == figures["enter_late_p90_s"] == 0


def test_flapping_is_counted_per_hour_in_the_shop() -> None:
    seen = perfect()
    for second in (110, 120, 130):
        seen.zones[second] = "dairy"
    score = KindScore()

    score.add(TRACK, seen, tolerance_s=10)

    assert score.figures()["surplus_changes_per_h"] == 6 * 36


def test_an_estimate_four_metres_off_is_an_error_of_four_metres() -> None:
    seen = perfect()
    seen.places = dict.fromkeys(range(90, 200), (5.0, 9.0))
    score = KindScore()

    score.add(TRACK, seen, tolerance_s=10)

    assert score.figures()["error_p50_m"] == 4.0
    assert len(score.error_m) == len(ZONES)


def test_a_visit_that_ends_half_a_minute_late_is_half_a_minute_wrong() -> None:
    seen = perfect()
    seen.visits = [(100.0, 229.0)]
    score = KindScore()

    score.add(TRACK, seen, tolerance_s=10)

    assert score.figures()["visit_length_error_p50_s"] == 30


def test_kinds_are_scored_apart_and_their_sum_is_that_of_all() -> None:
    tracks = {"s-1": TRACK, "s-2": TRACK, "staff-1": TRACK}

    scores = score_run(tracks, {"s-1": perfect()}, kinds=KINDS, tolerance_s=10)

    assert set(scores) == set(KINDS.values())
    assert scores[DeviceKind.TAG].figures()["enter_recall"] == 1.0
    assert scores[DeviceKind.IOS_POCKET].figures()["enter_recall"] == 0.0
    total = scores[DeviceKind.TAG].merged(scores[DeviceKind.IOS_POCKET])
    assert total.figures()["enter_recall"] == 0.5


def test_occupancy_counts_everybody_those_with_a_device_and_the_claims() -> None:
    tracks = {"s-1": TRACK, "s-2": TRACK, "s-1+1": TRACK}

    found = occupancy(tracks, {"s-1": perfect()}, kinds=KINDS, zones=["bakery"])["bakery"]

    share = 60 / len(PLACES)
    assert abs(found.people - 3 * share) < 0.001
    assert abs(found.devices - 2 * share) < 0.001
    assert abs(found.claimed - share) < 0.001
    assert abs(found.error - share) < 0.001


def test_a_percentile_of_nothing_is_nothing() -> None:
    assert percentile([], 0.5) is None
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
