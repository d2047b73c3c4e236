"""Counts of people that may be shown: fewer than ten are "<10", and no total gives them away.

A cell of 1 to 9 people is not shown. If it were the only hidden one, the total less the others
would tell it; so the smallest cells beside it are hidden too, until what is hidden together leaves
each small cell at least `SPREAD` possible values, also for somebody who knows this rule. Where
there are not enough cells for that, nothing is shown but that there is something. Cells of nobody
are shown: they hide nobody.

Source: Hundepool et al. (2012) "Statistical Disclosure Control", sections 4.2 and 4.4 (primary and
secondary suppression of frequency tables, feasibility intervals).
"""

from collections.abc import Mapping
from dataclasses import dataclass

LEAST_SHOWN = 10
SPREAD = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """A count as it may be shown; `count` is None where it is not, `text` says it for people."""

    count: int | None
    text: str


SMALL = Cell(None, f"<{LEAST_SHOWN}")
HIDDEN = Cell(None, "hidden")


@dataclass(frozen=True, slots=True)
class ShownCounts:
    """Cells by name, in the order given, and their total."""

    cells: Mapping[str, Cell]
    total: Cell


def shown(counts: Mapping[str, int]) -> ShownCounts:
    """What may be shown of these counts of people beside their total.

    Example:
        >>> {name: cell.text for name, cell in shown({"a": 3, "b": 40, "c": 900}).cells.items()}
        {'a': '<10', 'b': 'hidden', 'c': '900'}
    """
    small = {name for name, count in counts.items() if 0 < count < LEAST_SHOWN}
    hidden = set(small)
    others = sorted(
        (name for name, count in counts.items() if count >= LEAST_SHOWN),
        key=lambda name: (counts[name], name),
    )
    while small and not _safe(counts, small=small, hidden=hidden):
        if not others:
            return _nothing(counts)
        hidden.add(others.pop(0))
    cells = {
        name: SMALL if name in small else HIDDEN if name in hidden else Cell(count, str(count))
        for name, count in counts.items()
    }
    total = sum(counts.values())
    return ShownCounts(cells, Cell(total, str(total)))


def _safe(counts: Mapping[str, int], *, small: set[str], hidden: set[str]) -> bool:
    """Whether each small cell could have SPREAD values, for one who knows total and rule.

    That one knows that a large hidden cell is at least LEAST_SHOWN and, as the smallest are
    hidden first, at most the smallest that is shown.
    """
    large = len(hidden) - len(small)
    left = sum(counts[name] for name in hidden)
    bound = min(
        (count for name, count in counts.items() if name not in hidden and count), default=None
    )
    beside = len(small) - 1
    most = min(LEAST_SHOWN - 1, left - LEAST_SHOWN * large - beside)
    least = 1
    if bound is not None or not large:
        least = max(1, left - (bound or 0) * large - (LEAST_SHOWN - 1) * beside)
    return most - least + 1 >= SPREAD


def _nothing(counts: Mapping[str, int]) -> ShownCounts:
    """Every cell hidden, the total too; who counts nobody is still nobody."""
    cells = {name: Cell(0, "0") if count == 0 else SMALL for name, count in counts.items()}
    cells = {name: HIDDEN if counts[name] >= LEAST_SHOWN else cell for name, cell in cells.items()}
    return ShownCounts(cells, HIDDEN)
