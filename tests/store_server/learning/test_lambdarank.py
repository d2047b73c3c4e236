"""The trees put what is bought first, the same ones every time."""

import numpy as np
import pytest

from store_server.learning import lambdarank
from store_server.learning.lambdarank import LambdaRankRescorer
from store_server.learning.rank_features import FEATURES
from tests.store_server.learning.test_logistic import SHARE, bought_by_share


def test_the_same_examples_give_the_same_trees() -> None:
    examples = bought_by_share(40)

    first, second = (LambdaRankRescorer.trained(examples) for _ in range(2))

    assert first.state() == second.state()


def test_a_greater_share_ranks_higher() -> None:
    rescorer = LambdaRankRescorer.trained(bought_by_share())
    features = np.full((2, len(FEATURES)), 0.5)
    features[:, SHARE] = (0.1, 0.9)

    low, high = rescorer.score(features)

    assert low < high


def test_it_comes_back_from_its_text() -> None:
    examples = bought_by_share(20)
    rescorer = LambdaRankRescorer.trained(examples)
    features = examples.features[:50].astype(float)

    restored = LambdaRankRescorer.restored(rescorer.state())

    assert np.array_equal(restored.score(features), rescorer.score(features))


def test_trees_over_other_features_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    state = LambdaRankRescorer.trained(bought_by_share(10)).state()
    monkeypatch.setattr(lambdarank, "FEATURES", ("one",))

    with pytest.raises(ValueError, match="another version; fit again"):
        LambdaRankRescorer.restored(state)


@pytest.mark.parametrize("error", [ImportError, OSError])
def test_a_library_that_does_not_load_is_not_there(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def refuse(name: str) -> None:
        raise error(name)

    monkeypatch.setattr(lambdarank, "import_module", refuse)

    assert not lambdarank.available()
