import random
from dataclasses import replace
from itertools import pairwise, takewhile
from statistics import fmean, pvariance
from zoneinfo import ZoneInfo

from firmware_sim.arrivals import LARGEST_PARTY, arrival_times, busy_share, party_size
from firmware_sim.people import VISITS_BY_HOUR, People
from tests.firmware_sim.builders import START

MIDNIGHT_S = START.timestamp() - 10 * 3600
NEW_YORK = "America/New_York"


def a_day(seed: int, rate: float = 200) -> list[float]:
    times = arrival_times(
        People(visits_per_hour=rate),
        start_s=MIDNIGHT_S,
        timezone=NEW_YORK,
        rng=random.Random(seed),
    )
    return list(takewhile(lambda at: at < MIDNIGHT_S + 86_400, times))


def test_the_shares_of_the_hours_make_a_day() -> None:
    assert abs(sum(VISITS_BY_HOUR) - 1) < 0.001


def test_arrivals_come_in_order_and_follow_the_hour_of_day() -> None:
    times = [at for seed in range(5) for at in a_day(seed)]
    by_hour = [0] * 24
    for at in times:
        by_hour[int((at - MIDNIGHT_S) // 3600)] += 1

    assert all(one < two for one, two in pairwise(a_day(1)))
    for hour in range(8, 22):
        assert abs(by_hour[hour] / len(times) - VISITS_BY_HOUR[hour]) < 0.01


def test_in_the_busiest_hour_as_many_come_as_the_scenario_says() -> None:
    counts = [
        sum(MIDNIGHT_S + 16.5 * 3600 <= at < MIDNIGHT_S + 17.5 * 3600 for at in a_day(seed))
        for seed in range(30)
    ]

    assert abs(fmean(counts) - 200) < 10
    # A Poisson count's variance is its mean.
    assert 0.5 < pvariance(counts) / fmean(counts) < 2


def test_the_middle_of_the_busiest_hour_is_the_busiest() -> None:
    assert busy_share(MIDNIGHT_S + 17.5 * 3600, ZoneInfo(NEW_YORK)) == 1


def test_party_sizes_follow_the_truncated_poisson_law() -> None:
    rng = random.Random(1)
    sizes = [party_size(People(party_mean=0.83), rng=rng) for _ in range(4000)]

    assert abs(sizes.count(1) / len(sizes) - 0.642) < 0.03
    assert abs(fmean(sizes) - 0.83 / (1 - 2.718281828**-0.83)) < 0.05
    assert max(sizes) <= LARGEST_PARTY
    assert party_size(replace(People(), party_mean=0), rng=rng) == 1
