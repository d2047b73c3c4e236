from store_server.learning.purchase_rhythm import rhythm_of
from store_server.learning.standing import StandingModel
from store_server.shoppers.profile import LifeStage, Rfm


def test_a_standing_says_everything_of_a_shopper() -> None:
    often = rhythm_of([(day, 2_000) for day in range(0, 365, 5)])
    seldom = rhythm_of([(day, 100) for day in range(0, 300, 40)])
    assert often is not None
    assert seldom is not None
    model = StandingModel.fitted([often, seldom], [], today=364)

    best, worst = model.standing(often, today=364), model.standing(seldom, today=364)

    assert best.stage is LifeStage.LOYAL
    assert (best.rfm, best.value_band) == (Rfm(5, 5, 5), 5)
    assert best.churn_risk is not None
    assert worst.churn_risk is not None
    assert worst.churn_risk > best.churn_risk
    assert worst.next_visit_days is not None
    assert worst.next_visit_days > 14
    assert best.lifetime_value_minor == 400 * 365
