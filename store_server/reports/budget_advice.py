"""What to stop and what to feed: each campaign's money against what it added."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from store_server.reports.advice import Finding
from store_server.reports.lift import Lift
from store_server.reports.outcomes import Metric
from store_server.reports.table import Column, Table, TableKind, Unit, Value


class Move(StrEnum):
    """What to do with a campaign's money."""

    FEED = "feed"
    KEEP = "keep"
    WAIT = "wait"
    STOP = "stop"
    LOOK = "look"


# What each finding means for money; LOOK: the numbers cannot be trusted or do not exist.
_MOVES = {
    Finding.NO_HOLDOUT: Move.LOOK,
    Finding.NOT_AS_DRAWN: Move.LOOK,
    Finding.TOO_FEW: Move.WAIT,
    Finding.NOT_CLEAR_YET: Move.WAIT,
    Finding.SELLS_AND_EARNS: Move.FEED,
    Finding.SELLS_MORE: Move.KEEP,
    Finding.SELLS_AT_A_LOSS: Move.STOP,
    Finding.SELLS_LESS: Move.STOP,
    Finding.NOTHING_SEEN: Move.STOP,
}
BUDGET = TableKind(
    "budget",
    "What to stop, what to feed",
    "Each campaign's discounts against the margin that it added, best first.",
    (
        Column("campaign", Unit.TEXT, "its id"),
        Column("move", Unit.TEXT, "feed (sells more and earns), keep (sells more, margin not "
               "clear), wait (too early), stop (sells at a loss, sells less, or nothing seen), "
               "look (no holdout, or arms not as drawn)"),
        Column("finding", Unit.TEXT, "of the lift, as in results.md"),
        Column("offered_units", Unit.COUNT, "offered units whose window is closed"),
        Column("spent_minor", Unit.MONEY, "discounts given"),
        Column("reserved_minor", Unit.MONEY, "face value of coupons that are still out"),
        Column("added_margin_minor", Unit.MONEY, "margin effect per unit times offered units; "
               "discounts are taken off already"),
        Column("low_minor", Unit.MONEY, "low end of its 95 % interval"),
        Column("high_minor", Unit.MONEY, "high end of the same"),
        Column("per_spent", Unit.NUMBER, "added_margin_minor / spent_minor"),
    ),
)  # fmt: skip
_ORDER = (Move.FEED, Move.KEEP, Move.WAIT, Move.LOOK, Move.STOP)


@dataclass(frozen=True, slots=True)
class CampaignResult:
    """One campaign: what it gave away, and what that added."""

    campaign: str
    spent_minor: int
    reserved_minor: int
    lift: Lift

    @property
    def move(self) -> Move:
        """What to do with its money."""
        return _MOVES[self.lift.advice.finding]


def budget_table(results: Sequence[CampaignResult]) -> Table:
    """One row for each campaign: what to feed first, what to stop last, the best of each first."""
    rows = [(one.move, _row(one)) for one in results]
    rows.sort(key=lambda pair: (_ORDER.index(pair[0]), -_added(pair[1]), pair[1][0]))
    return BUDGET.of([row for _, row in rows])


def _row(one: CampaignResult) -> tuple[Value, ...]:
    margin = one.lift.effect(Metric.MARGIN)
    units = margin.offered_units
    ends: tuple[float | None, ...] = (None, None, None)
    if margin.interval is not None:
        ends = tuple(units * end for end in margin.interval)
    per_spent = ends[0] / one.spent_minor if ends[0] is not None and one.spent_minor else None
    return (
        one.campaign,
        one.move.value,
        one.lift.advice.finding.value,
        units,
        one.spent_minor,
        one.reserved_minor,
        *ends,
        per_spent,
    )


def _added(row: tuple[Value, ...]) -> float:
    added = row[6]
    return float(added) if isinstance(added, int | float) else 0.0
