"""Years of units in files: measured as the report measures them."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store_server.errors import Unprocessable
from store_server.ids import scope
from store_server.reports.effect import effect_of
from store_server.reports.outcomes import Cut, Metric, UnitOutcome
from store_server.reports.unit_files import DatedUnit, long_lift, write_units

MARCH, APRIL = (round(datetime(2026, month, 7, tzinfo=UTC).timestamp() * 1000) for month in (3, 4))
HERE, NEXT_DOOR = scope("acme", "demo"), scope("acme", "other")


def some_units(seed: int, *, number: int = 900) -> list[UnitOutcome]:
    rng = random.Random(seed)
    found = []
    for _ in range(number):
        treated, before = rng.random() < 0.8, rng.randrange(90_000)
        spend = before // 3 + rng.randrange(20_000) + 2_000 * treated
        bought = rng.random() < (0.4 if treated else 0.2)
        found.append(
            UnitOutcome(
                treated,
                bought,
                spend // 4,
                spend,
                before_minor=(before, 0, before // 2),
                cuts={Cut.ZONE: rng.choice(["bakery", "dairy"])},
            )
        )
    return found


@pytest.mark.parametrize("metric", [Metric.CONVERSION, Metric.SPEND])
def test_a_file_is_measured_as_the_report_measures(tmp_path: Path, metric: Metric) -> None:
    units = some_units(1)
    write_units([DatedUnit(MARCH, one) for one in units], tmp_path, scope=HERE)

    (row,) = long_lift(tmp_path, metric=metric, by="month").records()

    wanted = effect_of(units, metric, ended=True)
    assert wanted.fixed is not None
    assert wanted.sequence is not None
    assert row["group"] == "2026-03"
    found = [row[name] for name in ("difference", "fixed_low", "fixed_high", "sequence_low")]
    assert found == pytest.approx([*wanted.fixed, wanted.sequence.low], rel=1e-6, abs=1e-5)


def test_months_stores_and_zones_are_groups(tmp_path: Path) -> None:
    march = [DatedUnit(MARCH, one) for one in some_units(1)]
    april = [DatedUnit(APRIL, one) for one in some_units(2)]
    write_units([*march, *april], tmp_path, scope=HERE)
    write_units(march, tmp_path, scope=NEXT_DOOR)

    groups = {
        by: [row["group"] for row in long_lift(tmp_path, metric=Metric.SPEND, by=by).records()]
        for by in ("month", "store", "zone")
    }

    assert groups == {
        "month": ["2026-03", "2026-04"],
        "store": ["demo", "other"],
        "zone": ["bakery", "dairy"],
    }


def test_groups_of_a_few_units_are_left_out(tmp_path: Path) -> None:
    few = [replace(one, cuts={Cut.ZONE: "cellar"}) for one in some_units(3, number=20)]
    write_units([DatedUnit(MARCH, one) for one in [*few, *some_units(1)]], tmp_path, scope=HERE)

    found = long_lift(tmp_path, metric=Metric.CONVERSION, by="zone").records()

    assert [row["group"] for row in found] == ["bakery", "dairy"]


def test_what_cannot_be_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Unprocessable, match="store-server export-units"):
        long_lift(tmp_path, metric=Metric.SPEND, by="month")
    with pytest.raises(Unprocessable, match="must be one of month, campaign"):
        long_lift(tmp_path, metric=Metric.SPEND, by="moon")


def test_no_file_names_anybody(tmp_path: Path) -> None:
    (path,) = write_units([DatedUnit(MARCH, some_units(1)[0])], tmp_path, scope=HERE)

    assert b"shopper" not in path.read_bytes()
