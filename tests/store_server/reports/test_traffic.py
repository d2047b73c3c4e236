"""Traffic: visits against what is usual, ways through the shop, nobody alone in a row."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from store_server.reports.table import Value
from store_server.reports.traffic import (
    SeenStay,
    SeenVisit,
    flow_table,
    traffic_table,
    zone_table,
)

MADRID = ZoneInfo("Europe/Madrid")
NINE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # a Monday, 09:00 in Madrid
PATHS = st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=30)


def ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def a_visit(who: str, at: datetime = NINE, *, path: str = "a", stay_s: int = 60) -> SeenVisit:
    step = timedelta(seconds=stay_s)
    stays = tuple(
        SeenStay(zone, ms(at + number * step), ms(at + (number + 1) * step))
        for number, zone in enumerate(path)
    )
    return SeenVisit(who, ms(at), ms(at + len(path) * step), stays)


def people(number: int, at: datetime = NINE, *, path: str = "a") -> list[SeenVisit]:
    return [a_visit(f"s{one}", at + timedelta(seconds=one), path=path) for one in range(number)]


def traffic(visits: list[SeenVisit]) -> list[dict[str, Value]]:
    table = traffic_table(visits, since=NINE, until=NINE + timedelta(days=1), zone=MADRID)
    return [dict(row) for row in table.records()]


def test_an_hour_is_compared_with_the_same_hour_of_the_weeks_before() -> None:
    weeks = [people(size, NINE - timedelta(weeks=back)) for back, size in ((1, 10), (2, 30))]

    (row,) = traffic([*people(40), *weeks[0], *weeks[1]])

    assert row["hour"] == "2026-03-02 09:00 +0100"
    assert (row["visits"], row["usual_visits"], row["against_usual"]) == (40, 20, 2)
    assert row["again"] == 0.75


def test_a_quiet_hour_of_an_open_week_counts_and_a_closed_week_does_not() -> None:
    last_week_at_noon = people(12, NINE - timedelta(weeks=1) + timedelta(hours=3))

    (row,) = traffic([*people(12), *last_week_at_noon])

    assert (row["usual_visits"], row["against_usual"]) == (0, None)


def test_hours_of_a_few_shoppers_are_not_told() -> None:
    few = people(3, NINE + timedelta(hours=1))

    rows = traffic([*people(40), *people(50, NINE + timedelta(hours=2)), *few])

    assert [row["shoppers"] for row in rows] == [40, "<10", 50] or rows[1]["shoppers"] == "<10"
    assert rows[1]["visits"] is None


def test_the_night_of_the_clock_change_has_its_hours_apart() -> None:
    two = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 CEST, and an hour later 02:30 CET

    table = traffic_table(
        [*people(10, two), *people(10, two + timedelta(hours=1))],
        since=two - timedelta(hours=1),
        until=two + timedelta(hours=9),
        zone=MADRID,
    )

    hours = [row["hour"] for row in table.records()]
    assert hours == ["2026-10-25 02:00 +0200", "2026-10-25 02:00 +0100"]


def test_a_zone_has_its_share_of_visits_and_time() -> None:
    visits = [*people(30, path="ab"), *people(10, path="b")]

    rows = {row["zone"]: row for row in zone_table(visits).records()}

    assert (rows["a"]["capture"], rows["b"]["capture"]) == (0.75, 1)
    assert (rows["a"]["stay_s"], rows["b"]["stays"]) == (60, 40)
    assert rows["a"]["time_share"] == round(30 / 70, 6)


def test_ways_lead_from_door_to_door() -> None:
    rows = [tuple(row.values()) for row in flow_table(people(12, path="ab")).records()]

    assert rows == [
        ("(door)", "a", 12, 12, 1),
        ("a", "b", 12, 12, 1),
        ("b", "(door)", 12, 12, 1),
    ]


@given(PATHS)
def test_no_row_tells_of_fewer_than_ten_shoppers(paths: list[list[str]]) -> None:
    visits = [a_visit(f"s{n}", path="".join(path)) for n, path in enumerate(paths)]

    for table in (zone_table(visits), flow_table(visits)):
        for row in table.records():
            hidden = isinstance(row["shoppers"], str)
            assert hidden or int(str(row["shoppers"])) >= 10
            told = row.get("visits", row.get("moves"))
            assert (told is None) == hidden
