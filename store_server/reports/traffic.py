"""Visits, how long, who came again, from where to where, and whether that is usual for the hour.

Visits are counted by the local hour in which they began. What is usual for an hour is the median
of the same hour on the same weekday of the eight weeks before it, weeks without any visit left out:
a closed week is no quiet week.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from statistics import fmean, median
from typing import NamedTuple

from store_server.reports.small_cells import Cell, shown
from store_server.reports.table import Column, Table, TableKind, Unit, Value

WEEKS_BACK = 8
REPEAT_DAYS = 56
OUTSIDE = "(door)"


class SeenStay(NamedTuple):
    """A stay in a zone; `left_ms` None while it lasts."""

    zone: str
    entered_ms: int
    left_ms: int | None


class SeenVisit(NamedTuple):
    """A visit, whose it was, and its stays in order."""

    shopper: str
    started_ms: int
    ended_ms: int | None
    stays: tuple[SeenStay, ...]


TRAFFIC = TableKind(
    "traffic",
    "Visits by hour",
    "Visits that began in each local hour, against what is usual for that hour of that weekday.",
    (
        Column("hour", Unit.TEXT, "local hour of the store in which the visits began"),
        Column("shoppers", Unit.COUNT, "different shoppers; hours of fewer than ten are <10"),
        Column("visits", Unit.COUNT, "visits that began; hidden with its shoppers"),
        Column("usual_visits", Unit.NUMBER, "median of this weekday and hour in the eight weeks "
               "before, weeks without a visit left out; empty without such weeks"),
        Column("against_usual", Unit.NUMBER, "visits / usual_visits"),
        Column("stay_s", Unit.SECONDS, "mean length of the ended visits"),
        Column("again", Unit.SHARE, "visits of shoppers who had another one in the 56 days before"),
    ),
)  # fmt: skip
ZONES = TableKind(
    "zones",
    "Zones",
    "How many visits a zone catches, and how long it holds them.",
    (
        Column("zone", Unit.TEXT, "its name"),
        Column("shoppers", Unit.COUNT, "different shoppers who were in it; fewer than ten are <10"),
        Column("visits", Unit.COUNT, "visits that came into it; hidden with its shoppers"),
        Column("capture", Unit.SHARE, "visits that came into it / all visits"),
        Column("stays", Unit.COUNT, "stays in it; a visit may have several"),
        Column("stay_s", Unit.SECONDS, "mean length of the ended stays"),
        Column("time_share", Unit.SHARE, "time in it / time in all zones"),
    ),
)  # fmt: skip
FLOWS = TableKind(
    "zone_flows",
    "From zone to zone",
    "Which zone follows which within a visit.",
    (
        Column("from_zone", Unit.TEXT, "left; (door) at the start of a visit"),
        Column("to_zone", Unit.TEXT, "entered next; (door) at the end of a visit"),
        Column("shoppers", Unit.COUNT, "different shoppers who went this way; fewer than ten are "
               "<10"),
        Column("moves", Unit.COUNT, "how often; hidden with its shoppers"),
        Column("share_of_from", Unit.SHARE, "moves / all moves out of from_zone"),
    ),
)  # fmt: skip


def traffic_table(
    visits: Sequence[SeenVisit], *, since: datetime, until: datetime, zone: tzinfo
) -> Table:
    """One row for each local hour of [since, until) in which a visit began.

    Args:
        visits: also those of the eight weeks before `since`.
        since: of the span.
        until: of the span.
        zone: the store's time zone.
    """
    by_hour: dict[datetime, list[SeenVisit]] = defaultdict(list)
    for one in visits:
        by_hour[_hour(one.started_ms, zone)].append(one)
    counts = {hour: len(found) for hour, found in by_hour.items()}
    weeks = {_week(hour, zone) for hour in by_hour}
    inside = sorted(hour for hour in by_hour if since <= _first(by_hour[hour]) < until)
    cells = shown({hour.isoformat(): _people(by_hour[hour]) for hour in inside}).cells
    again = _again(visits)
    rows: list[tuple[Value | Cell, ...]] = []
    for hour in inside:
        cell, found = cells[hour.isoformat()], by_hour[hour]
        if cell.count is None:
            rows.append((_spelled(hour, zone), cell, None, *(None,) * 4))
            continue
        usual = _usual(hour, counts, weeks, zone)
        rows.append(
            (
                _spelled(hour, zone),
                cell,
                len(found),
                usual,
                len(found) / usual if usual else None,
                _mean([(one.ended_ms - one.started_ms) for one in found if one.ended_ms]),
                fmean((one.shopper, one.started_ms) in again for one in found),
            )
        )
    return TRAFFIC.of(rows)


def zone_table(visits: Sequence[SeenVisit]) -> Table:
    """One row for each zone, by name."""
    stays = [(one, stay) for one in visits for stay in one.stays]
    names = sorted({stay.zone for _, stay in stays})
    caught = {name: [one for one in visits if _is_in(one, name)] for name in names}
    cells = shown({name: _people(found) for name, found in caught.items()}).cells
    lasted = {
        name: [s.left_ms - s.entered_ms for _, s in stays if s.zone == name and s.left_ms]
        for name in names
    }
    whole = sum(map(sum, lasted.values()))
    rows: list[tuple[Value | Cell, ...]] = []
    for name in names:
        if cells[name].count is None:
            rows.append((name, cells[name], *(None,) * 5))
            continue
        rows.append(
            (
                name,
                cells[name],
                len(caught[name]),
                len(caught[name]) / len(visits),
                sum(stay.zone == name for _, stay in stays),
                _mean(lasted[name]),
                sum(lasted[name]) / whole if whole else None,
            )
        )
    return ZONES.of(rows)


def flow_table(visits: Sequence[SeenVisit]) -> Table:
    """One row for each way from zone to zone, the most used first."""
    moves: Counter[tuple[str, str]] = Counter()
    people: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in visits:
        path = [OUTSIDE, *(stay.zone for stay in one.stays)]
        for way in zip(path, [*path[1:], OUTSIDE] if one.ended_ms else path[1:], strict=False):
            moves[way] += 1
            people[way].add(one.shopper)
    cells = shown({"\0".join(way): len(names) for way, names in people.items()}).cells
    out = Counter[str]()
    for (left, _), times in moves.items():
        out[left] += times
    rows: list[tuple[Value | Cell, ...]] = []
    for way, times in sorted(moves.items(), key=lambda item: (-item[1], item[0])):
        cell = cells["\0".join(way)]
        hidden = cell.count is None
        rows.append(
            (*way, cell, None if hidden else times, None if hidden else times / out[way[0]])
        )
    return FLOWS.of(rows)


def _hour(at_ms: int, zone: tzinfo) -> datetime:
    """When the local hour began, in UTC: two hours of an autumn night share their local name."""
    local = datetime.fromtimestamp(at_ms / 1000, zone)
    return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def _spelled(hour: datetime, zone: tzinfo) -> str:
    return hour.astimezone(zone).strftime("%Y-%m-%d %H:00 %z")


def _week(hour: datetime, zone: tzinfo) -> tuple[int, int]:
    return hour.astimezone(zone).isocalendar()[:2]


def _first(found: Sequence[SeenVisit]) -> datetime:
    return datetime.fromtimestamp(min(one.started_ms for one in found) / 1000, UTC)


def _usual(
    hour: datetime, counts: Mapping[datetime, int], weeks: set[tuple[int, int]], zone: tzinfo
) -> float | None:
    local = hour.astimezone(zone)
    before = [local - timedelta(weeks=back) for back in range(1, WEEKS_BACK + 1)]
    known = [counts.get(one.astimezone(UTC), 0) for one in before if _week(one, zone) in weeks]
    return float(median(known)) if known else None


def _again(visits: Sequence[SeenVisit]) -> set[tuple[str, int]]:
    """Visits whose shopper had one in the 56 days before."""
    last: dict[str, int] = {}
    found = set()
    for one in sorted(visits, key=lambda visit: visit.started_ms):
        before = last.get(one.shopper)
        if before is not None and one.started_ms - before <= REPEAT_DAYS * 86_400_000:
            found.add((one.shopper, one.started_ms))
        last[one.shopper] = one.started_ms
    return found


def _people(found: Sequence[SeenVisit]) -> int:
    return len({one.shopper for one in found})


def _is_in(visit: SeenVisit, name: str) -> bool:
    return any(stay.zone == name for stay in visit.stays)


def _mean(lengths_ms: Sequence[int]) -> float | None:
    return round(fmean(lengths_ms) / 1000, 1) if lengths_ms else None
