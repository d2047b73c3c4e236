"""What completes the basket is likelier; everything else stays as the model has it."""

from datetime import UTC, datetime

import numpy as np

from store_server.ids import ShopperId
from store_server.learning.basket_taste import SCORE_MOST, BasketEffects, BasketTaste
from store_server.learning.complements import Complements
from store_server.learning.effect_table import EffectBook
from store_server.learning.offer_effect import OfferEffects
from store_server.learning.purchase_model import PurchaseModel
from store_server.offers.offer import EffectPrior

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ANN = ShopperId("ann")
PRIOR = EffectPrior(mean=0.1, strength=20)
NAMES = ("SAUCE", "SOAP", "PASTA")


def a_taste(basket: list[str]) -> tuple[BasketTaste, PurchaseModel]:
    model, complements = PurchaseModel(), Complements()
    for number in range(60):
        bought = ["PASTA", "SAUCE"] if number % 3 == 0 else [f"C{number}"]
        model.update(ANN, NOON, bought)
        complements.update(bought)
    return BasketTaste(model, complements, basket), model


def test_what_is_bought_beside_the_basket_is_likelier() -> None:
    beside, model = a_taste(["PASTA"])

    moved, plain = beside.taste(ANN, NAMES, NOON), model.taste(ANN, NAMES, NOON)

    odds = [chance / (1 - chance) for chance in (moved.chances[0], plain.chances[0])]
    assert 1.0 < odds[0] / odds[1] <= 2.0**SCORE_MOST + 1e-9
    assert list(moved.chances[1:]) == list(plain.chances[1:])
    assert moved.own == plain.own


def test_an_unknown_basket_moves_nothing() -> None:
    beside, model = a_taste(["NOBODY KNOWS"])

    assert beside.taste(ANN, NAMES, NOON) == model.taste(ANN, NAMES, NOON)


def test_an_offer_moves_more_of_those_who_lack_it() -> None:
    beside, _ = a_taste(["PASTA"])
    effects = EffectBook(OfferEffects())
    keys = (("o-sauce", PRIOR), ("o-soap", PRIOR))
    bands = np.zeros(2, dtype=np.intp)
    beside.taste(ANN, NAMES, NOON)

    moved = BasketEffects(effects, beside, {"o-sauce": "SAUCE", "o-soap": "SOAP"}).believed(
        keys, bands
    )

    plain = effects.believed(keys, bands)
    assert moved.means[0] > plain.means[0]
    assert moved.means[1] == plain.means[1]
