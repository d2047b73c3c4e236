"""From decision to till: what was credited, what was added, and from which shelf."""

import random

from hypothesis import given
from hypothesis import strategies as st

from store_server.reports.attribution_table import Credited, attribution_table
from store_server.reports.lift import Question
from store_server.reports.outcomes import Metric, UnitOutcome
from store_server.reports.shelves import Article, Shelves

ARTICLES = {
    "rye": Article("BREAD", "BAKERY", 5_000),
    "roll": Article("ROLLS", "BAKERY", 4_000),
    "milk": Article("MILK", "DAIRY", 1_250),
}
DEPARTMENTS = {one.category: one.department for one in ARTICLES.values()}
LINES = st.lists(
    st.tuples(st.sampled_from([*ARTICLES, "?"]), st.integers(1, 9), st.integers(0, 999))
)


def test_a_receipt_is_split_by_shelf() -> None:
    shelves = Shelves(ARTICLES, frozenset({"BREAD"}), DEPARTMENTS)

    found = shelves.split([("rye", 1, 301), ("roll", 2, 100), ("milk", 1, 90), ("?", 1, 7)])

    assert found[1:] == (301, 100, 97)
    assert found.margin_minor == 151 + 40 + 11


@given(LINES, st.sampled_from(["BREAD", "MILK", "GONE", None]))
def test_every_line_lies_on_one_shelf(
    lines: list[tuple[str, int, int]], promoted: str | None
) -> None:
    found = Shelves(ARTICLES, frozenset({promoted} if promoted else ()), DEPARTMENTS).split(lines)

    assert sum(found[1:]) == sum(amount for _, _, amount in lines)


def test_an_offer_that_takes_from_the_next_shelf_is_seen_to() -> None:
    rng, outcomes = random.Random(8), []
    for number in range(4_000):
        treated = number % 4 != 0
        promoted, rolls = 300 * (rng.random() < 0.2), 100 * (rng.random() < 0.3)
        if treated and rng.random() < 0.3:
            promoted, rolls = 300, 0
        sources = {Metric.PROMOTED: promoted, Metric.RELATED: rolls}
        outcomes.append(UnitOutcome(treated, promoted > 0, 0, sources_minor=sources))

    table = attribution_table(
        {"redeemed": Credited(9, 2_700)}, outcomes, Question(2_500, ended=True)
    )

    rows = {row["part"]: row for row in table.records()}
    assert (rows["redeemed"]["count"], rows["redeemed"]["amount_minor"]) == (9, 2_700)
    assert _between(rows["promoted"], 0, 400_000)
    assert _between(rows["cannibalised"], -60_000, 0)
    assert rows["halo"]["low_minor"] == rows["halo"]["high_minor"] == 0
    assert rows["pulled_forward"]["amount_minor"] is None


def _between(row: object, low: float, high: float) -> bool:
    assert isinstance(row, dict)
    return bool(low < row["low_minor"] < row["high_minor"] < high)
