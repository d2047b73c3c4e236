"""Fit, update and rank: counts to the bit, weights frozen, and habits found."""

from copy import deepcopy
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from store_server.learning import purchase_ranker
from store_server.learning.lambdarank import LambdaRankRescorer
from store_server.learning.logistic import LogisticRescorer
from store_server.learning.purchase_ranker import PurchaseRanker
from tests.store_server.learning.builders import MONDAY, a_basket, a_town

TOWN = a_town()
LATER = MONDAY + timedelta(days=7 * 20)


@cache
def fitted_once(trees: bool) -> PurchaseRanker:
    ranker = PurchaseRanker(trees=trees)
    ranker.fit(TOWN)
    return ranker


def fitted(*, trees: bool = False) -> PurchaseRanker:
    """A ranker of one's own to change; training takes a second."""
    return deepcopy(fitted_once(trees))


def test_half_fitted_and_half_updated_knows_the_same() -> None:
    half = PurchaseRanker(trees=False)
    half.fit(TOWN[: len(TOWN) // 2])
    for event in TOWN[len(TOWN) // 2 :]:
        half.update(event)

    assert half.statistics == fitted().statistics


@pytest.mark.parametrize("trees", [False, True])
def test_the_weekly_habit_comes_first(trees: bool) -> None:
    ranker = fitted(trees=trees)

    lists = [ranker.rank(f"h{number}", LATER, f"s{number % 3}", k=3) for number in range(40)]

    always = {event["shopper_id"]: next(iter(event["items"])) for event in TOWN}
    first = [ranked[0][0] == always[f"h{number}"] for number, ranked in enumerate(lists)]
    assert sum(first) >= 36
    assert all(ranked == sorted(ranked, key=lambda pair: -pair[1]) for ranked in lists)


@pytest.mark.parametrize(("trees", "kind"), [(True, LambdaRankRescorer), (False, LogisticRescorer)])
def test_weights_stand_still_between_fits(trees: bool, kind: type) -> None:
    ranker = fitted(trees=trees)
    assert isinstance(ranker.rescorer, kind)
    before = ranker.rescorer.state()  # type: ignore[union-attr]

    ranker.update(a_basket("h1", 150))

    assert ranker.rescorer.state() == before  # type: ignore[union-attr]


def test_without_the_extra_the_regression_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purchase_ranker, "available", lambda: False)
    ranker = PurchaseRanker()

    ranker.fit(TOWN)

    assert isinstance(ranker.rescorer, LogisticRescorer)


def test_a_basket_seen_before_changes_no_ranking() -> None:
    ranker = fitted()
    before = ranker.rank("h1", LATER)

    assert not ranker.update(TOWN[-1])
    assert ranker.rank("h1", LATER) == before


@pytest.mark.parametrize("shopper", ["nobody", None])
def test_somebody_unknown_gets_the_default_list(shopper: str | None) -> None:
    ranked = fitted().rank(shopper, LATER, "s9", k=20)

    assert len(ranked) == 20
    assert ranked == fitted().rank("somebody else", LATER, "s9", k=20)


def test_only_candidates_are_ranked_and_the_never_sold_come_last() -> None:
    asked = ["caviar", "staple-1", "whim-2", "whim-2"]

    ranked = [item for item, _ in fitted().rank("h1", LATER, candidates=asked)]

    assert sorted(ranked) == ["caviar", "staple-1", "whim-2"]
    assert ranked[-1] == "caviar"


def test_too_few_baskets_train_nothing_and_still_rank() -> None:
    ranker = PurchaseRanker(trees=False)
    ranker.fit([a_basket(day=day) for day in range(3)])

    assert ranker.rescorer is None
    assert {item for item, _ in ranker.rank("ana", LATER)} == {"milk", "bread"}
    assert PurchaseRanker().rank("ana", LATER) == []


def test_the_erased_rank_like_the_unknown() -> None:
    ranker = fitted()

    assert ranker.erase("h1")
    assert ranker.rank("h1", LATER) == ranker.rank("nobody", LATER)


@pytest.mark.parametrize("trees", [False, True])
def test_a_saved_ranker_ranks_the_same(tmp_path: Path, trees: bool) -> None:
    ranker = fitted(trees=trees)
    ranker.save(tmp_path / "ranker.json")

    loaded = PurchaseRanker.load(tmp_path / "ranker.json", trees=trees)

    assert loaded.statistics == ranker.statistics
    assert loaded.rank("h1", LATER, "s1") == ranker.rank("h1", LATER, "s1")


@pytest.mark.parametrize("content", [b"", b"not json", b"[]", b'{"format": 99}'])
def test_another_file_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ranker.json"
    path.write_bytes(content)

    with pytest.raises(ValueError, match=r"ranker\.json: .*fit again"):
        PurchaseRanker.load(path)
