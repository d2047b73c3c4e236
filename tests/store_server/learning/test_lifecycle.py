import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.learning.lifecycle import stage_of
from store_server.learning.purchase_rhythm import rhythm_of
from store_server.shoppers.profile import LifeStage


def stage(baskets: list[tuple[int, int]], *, today: int = 400, risk: float = 0.05) -> LifeStage:
    rhythm = rhythm_of(baskets)
    assert rhythm is not None
    return stage_of(rhythm, today=today, churn_risk=risk)


WEEKLY = [(day, 1_000) for day in range(1, 401, 7)]
MORE = [*WEEKLY, *((day, 1_000) for day in range(350, 400, 3))]


@pytest.mark.parametrize(
    ("baskets", "risk", "expected"),
    [
        (WEEKLY, 0.05, LifeStage.LOYAL),
        (MORE, 0.05, LifeStage.GROWING),
        (WEEKLY, 0.3, LifeStage.AT_RISK),
        (WEEKLY, 0.6, LifeStage.LOST),
        ([(380, 1), (395, 1)], 0.4, LifeStage.NEW),
        ([(300, 1)], 0.2, LifeStage.LOYAL),
        ([(280, 1)], 0.2, LifeStage.LOST),
        (WEEKLY[:-3], 0.1, LifeStage.AT_RISK),
    ],
)
def test_each_stage(baskets: list[tuple[int, int]], risk: float, expected: LifeStage) -> None:
    assert stage(baskets, risk=risk) == expected


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 9)), min_size=1), st.floats(0, 1))
def test_everybody_has_a_stage_and_more_risk_never_makes_it_better(
    baskets: list[tuple[int, int]], risk: float
) -> None:
    order = [LifeStage.LOST, LifeStage.AT_RISK]

    now, worse = stage(baskets, risk=risk), stage(baskets, risk=1.0)

    assert worse is LifeStage.LOST
    assert (now in order) or stage(baskets, risk=0.0) == now
