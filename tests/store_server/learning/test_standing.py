from store_server.learning.next_visit import BUILT_IN
from store_server.learning.purchase_rhythm import rhythm_of
from store_server.learning.standing import StandingModel
from store_server.shoppers.profile import LifeStage, Rfm


def test_a_standing_says_everything_of_a_shopper() -> None:
    baskets = [(day, 2_000) for day in range(0, 365, 5)], [(day, 100) for day in range(0, 300, 40)]
    model = StandingModel.fitted(baskets, today=364)
    often, seldom = rhythm_of(baskets[0]), rhythm_of(baskets[1])
    assert often is not None
    assert seldom is not None

    best, worst = model.standing(often, today=364), model.standing(seldom, today=364)

    assert best.stage is LifeStage.LOYAL
    assert (best.rfm, best.value_band) == (Rfm(5, 5, 5), 5)
    assert best.churn_risk is not None
    assert worst.churn_risk is not None
    assert worst.churn_risk > best.churn_risk
    assert worst.next_visit_days is not None
    assert worst.next_visit_days > 14
    assert best.lifetime_value_minor == 400 * 365


def test_the_same_shoppers_make_the_same_model() -> None:
    shoppers = [[(day, 100) for day in range(n % 9, 365, 3 + n % 20)] for n in range(200)]

    first = StandingModel.fitted(shoppers, today=364)

    assert StandingModel.fitted(iter(shoppers), today=364) == first
    assert first.visits != BUILT_IN


def test_without_shoppers_there_is_a_model_too() -> None:
    assert StandingModel.fitted([], today=364).visits == BUILT_IN
