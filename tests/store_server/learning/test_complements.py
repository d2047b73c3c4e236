"""What is bought together beyond chance, in bounded memory."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.learning import complements
from store_server.learning.complements import PAIRED, PARTNERS, Complements

baskets = st.lists(st.lists(st.sampled_from("abcdef"), max_size=5), max_size=40)


def learned(rows: list[list[str]]) -> Complements:
    known = Complements()
    for row in rows:
        known.update(row)
    return known


def a_shop() -> Complements:
    """Pasta goes with sauce; milk is in every second basket, whatever else is."""
    rng = random.Random(1)
    rows = []
    for _ in range(400):
        row = rng.sample(["bread", "tea", "soap", "rice", "nuts"], 2)
        row += ["pasta", "sauce"] if rng.random() < 0.1 else []
        row += ["milk"] if rng.random() < 0.5 else []
        rows.append(row)
    return learned(rows)


def test_sauce_completes_pasta_and_milk_which_all_buy_does_not() -> None:
    completed = a_shop().complete(["pasta"], k=3)

    assert completed[0][0] == "sauce"
    assert completed[0][1] > 1.0
    assert dict(completed).get("milk", 0.0) < 0.3


def test_what_is_in_the_basket_is_not_offered() -> None:
    assert "sauce" not in dict(a_shop().complete(["pasta", "sauce"]))


def test_only_what_is_asked_for_comes_back() -> None:
    shop = a_shop()

    assert [item for item, _ in shop.complete(["pasta"], among=["sauce"])] == ["sauce"]
    assert shop.complete(["pasta"], among=["caviar"]) == []


@pytest.mark.parametrize("basket", [[], ["caviar"]])
def test_a_basket_that_says_nothing_is_not_completed(basket: list[str]) -> None:
    assert a_shop().complete(basket) == []


def test_a_single_meeting_proves_nothing() -> None:
    assert learned([["caviar", "pearls"]] + [["milk"]] * 999).complete(["caviar"]) == []


@given(baskets)
def test_lift_is_mutual_and_above_nought(rows: list[list[str]]) -> None:
    known = learned(rows)

    for one in "abcdef":
        for other in set("abcdef") - {one}:
            assert known.lift(one, other) > 0.0
            assert known.lift(one, other) == pytest.approx(known.lift(other, one))


@given(baskets)
def test_scores_fall_and_are_above_nought(rows: list[list[str]]) -> None:
    scores = [score for _, score in learned(rows).complete(["a", "b"])]

    assert scores == sorted(scores, reverse=True)
    assert all(score > 0.0 for score in scores)


def test_partners_are_bounded_and_the_frequent_one_stays() -> None:
    rows = [["milk", f"rare-{n}"] if n % 2 else ["milk", "cereal"] for n in range(2_000)]
    rows += [["soap"]] * 2_000

    known = learned(rows)

    assert len(known._partners["milk"].counts) == PARTNERS
    assert known.complete(["milk"], k=1)[0][0] == "cereal"


def test_counts_never_say_more_than_there_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complements, "PARTNERS", 2)
    rng = random.Random(3)
    rows = [["x", rng.choice("abcdef")] for _ in range(200)]

    partners = learned(rows)._partners["x"]

    for other in partners.counts:
        assert partners.surely(other) <= sum(row[1] == other for row in rows)


def test_an_endless_basket_costs_a_bounded_number_of_pairs() -> None:
    known = learned([[f"i{n}" for n in range(500)]])

    assert max(len(one.counts) for one in known._partners.values()) == PAIRED
