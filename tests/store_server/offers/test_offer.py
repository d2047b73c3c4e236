"""An offer that exists can be decided on: wrong ones say which field is wrong."""

from dataclasses import FrozenInstanceError, replace
from datetime import timedelta

import pytest

from store_server.errors import Unprocessable
from store_server.offers.offer import EffectPrior
from tests.store_server.offers.builders import NOON, an_offer


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("id", "Rye bread", "offer: id is 'Rye bread'; must be 1..64 of a-z"),
        ("name", " ", "offer rye: name is ' '; must be 1..80 printable characters"),
        ("price_minor", 0, "offer rye: price_minor is 0; must be 1 or more"),
        ("margin_minor", 301, "offer rye: margin_minor is 301; must be 0..300"),
        ("face_value_minor", -1, "offer rye: face_value_minor is -1; must be 0..300"),
        ("coupon_valid_s", 5, "offer rye: coupon_valid_s is 5; must be 60 s to 90 days"),
        ("creatives", {}, "offer rye: creatives is []; must be at least one"),
    ],
)
def test_a_wrong_field_is_named_with_what_is_expected(field: str, value: object, text: str) -> None:
    with pytest.raises(Unprocessable) as caught:
        replace(an_offer(), **{field: value})  # type: ignore[arg-type] # wrong on purpose

    assert text in str(caught.value)
    assert caught.value.code == "bad_offer"


@pytest.mark.parametrize(("mean", "strength"), [(0.0, 10), (1.0, 10), (float("nan"), 10), (0.5, 0)])
def test_an_effect_prior_is_a_proper_beta_belief(mean: float, strength: float) -> None:
    with pytest.raises(Unprocessable, match="effect prior"):
        EffectPrior(mean=mean, strength=strength)


def test_an_offer_ends_at_its_last_instant() -> None:
    offer = an_offer(valid_from=NOON, valid_until=NOON + timedelta(hours=1))

    valid = [offer.is_valid_at(NOON + timedelta(minutes=minute)) for minute in (-1, 0, 59, 60)]

    assert valid == [False, True, True, False]


def test_an_offer_cannot_end_before_it_starts() -> None:
    with pytest.raises(Unprocessable, match="valid_until"):
        an_offer(valid_from=NOON, valid_until=NOON)


def test_a_reader_of_a_regional_language_gets_the_base_language() -> None:
    offer = an_offer(languages=("en", "es"))

    assert offer.creative_in("es-MX") is not None
    assert offer.creative_in("de") is None


def test_an_offer_cannot_be_changed() -> None:
    offer = an_offer()

    with pytest.raises(FrozenInstanceError):
        offer.margin_minor = 1  # type: ignore[misc] # on purpose
    with pytest.raises(TypeError):
        offer.creatives["de"] = offer.creatives["en"]  # type: ignore[index] # on purpose
