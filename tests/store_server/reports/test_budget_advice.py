"""What to stop and what to feed; own categories by stage."""

from store_server.reports.budget_advice import CampaignResult, budget_table
from store_server.reports.lift import Lift
from store_server.reports.own_categories import Bought, own_category_table
from tests.store_server.reports.builders import lift


def a_result(name: str, found: Lift, *, spent_minor: int = 10_000) -> CampaignResult:
    return CampaignResult(name, spent_minor, 500, found)


def test_what_earns_is_fed_and_what_loses_is_stopped() -> None:
    earns = lift((1_800, 9_000), (100, 1_000))
    loses = lift((1_800, 9_000), (100, 1_000), margin_minor=10)
    nothing = lift((905, 9_000), (100, 1_000))
    early = lift((10, 50), (1, 6), ended=False)
    blind = lift((1_800, 9_000), (0, 0), share=0.0)

    table = budget_table(
        [
            a_result(name, found)
            for name, found in (
                ("loses", loses),
                ("early", early),
                ("earns", earns),
                ("nothing", nothing),
                ("blind", blind),
            )
        ]
    )

    moves = [(row["campaign"], row["move"]) for row in table.records()]
    assert moves[:3] == [("earns", "feed"), ("early", "wait"), ("blind", "look")]
    assert set(moves[3:]) == {("loses", "stop"), ("nothing", "stop")}


def test_the_added_margin_is_that_of_all_offered_units() -> None:
    (row,) = budget_table([a_result("earns", lift((1_800, 9_000), (100, 1_000)))]).records()

    assert row["added_margin_minor"] == 90_000
    assert row["per_spent"] == 9
    assert 0 < float(str(row["low_minor"])) < 90_000 < float(str(row["high_minor"]))


def test_own_categories_are_those_bought_three_times() -> None:
    bought = [Bought(f"s{n}", "BREAD", 3, n % 2 == 0) for n in range(20)]
    bought += [Bought(f"s{n}", "MILK", 9, True) for n in range(20)]
    bought += [Bought(f"s{n}", "CAVIAR", 2, True) for n in range(20)]
    bought += [Bought("lone", "BREAD", 5, True)]

    table = own_category_table(bought, {f"s{n}": "loyal" for n in range(20)})

    rows = {row["stage"]: row for row in table.records()}
    assert rows["not_known"]["shoppers"] == "<10"
    assert rows["not_known"]["bought_here"] is None
    assert rows["loyal"]["shoppers"] == "hidden"


def test_a_stage_of_many_is_shown() -> None:
    bought = [Bought(f"s{n}", name, 3, name == "A") for n in range(20) for name in "AB"]

    (row,) = own_category_table(bought, {}).records()

    assert (row["stage"], row["shoppers"], row["own"], row["bought_here"]) == (
        "not_known",
        20,
        2,
        0.5,
    )
