"""What an offer adds: the formula, and what is believed of it after shown and held out."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.learning.offer_effect import (
    BAND_EDGES,
    EffectBelief,
    Evidence,
    OfferEffects,
    buying_band,
    chance_with_offer,
    prior_sd,
)
from store_server.offers.offer import EffectPrior

PRIOR = EffectPrior(mean=0.1, strength=20.0)
chances = st.floats(0.0, 1.0)
outcomes = st.lists(st.tuples(st.booleans(), st.booleans(), chances), max_size=30)


def learned(
    effect: float, *, decisions: int, base: float = 0.2, scale: float = 1.0, segment: str = ""
) -> OfferEffects:
    """Half shown, half held out, in a shop where base rates are `scale` x what is believed."""
    rng, effects = random.Random(5), OfferEffects()
    for number in range(decisions):
        shown = number % 2 == 0
        chance = scale * base + (1.0 - base) * effect * shown
        bought = rng.random() < chance
        effects.update("o", segment, shown=shown, bought=bought, chance_without=base)
    return effects


@given(chances, chances)
def test_an_offer_never_makes_anybody_buy_less_by_a_positive_effect(
    chance: float, effect: float
) -> None:
    assert chance <= chance_with_offer(chance, effect) + 1e-12
    assert chance_with_offer(chance, effect) <= 1.0 + 1e-12


def test_the_effect_is_the_share_of_non_buyers_won() -> None:
    assert chance_with_offer(0.2, 0.5) == pytest.approx(0.6)


@given(chances, st.floats(-1.0, 1.0))
def test_a_chance_stays_a_chance(chance: float, effect: float) -> None:
    assert 0.0 <= chance_with_offer(chance, effect) <= 1.0 + 1e-12


def test_without_evidence_the_stated_prior_stands() -> None:
    belief = OfferEffects().belief("o", prior=PRIOR)

    assert belief.mean == pytest.approx(0.1)
    assert belief.sd >= prior_sd(PRIOR)


@pytest.mark.parametrize("effect", [-0.1, 0.0, 0.3])
def test_the_effect_is_found(effect: float) -> None:
    belief = learned(effect, decisions=4_000).belief("o", prior=PRIOR)

    assert belief.mean == pytest.approx(effect, abs=0.03)
    assert abs(belief.mean - effect) < 4 * belief.sd


@pytest.mark.parametrize("scale", [0.6, 1.5])
def test_held_out_shoppers_correct_a_wrong_base_rate(scale: float) -> None:
    belief = learned(0.2, decisions=8_000, scale=scale).belief("o", prior=PRIOR)

    assert belief.mean == pytest.approx(0.2, abs=0.04)


@given(outcomes, st.randoms(use_true_random=False))
def test_the_order_of_decisions_does_not_matter(
    rows: list[tuple[bool, bool, float]], rng: random.Random
) -> None:
    beliefs = []
    for order in (rows, rng.sample(rows, len(rows))):
        effects = OfferEffects()
        for shown, bought, chance in order:
            effects.update("o", shown=shown, bought=bought, chance_without=chance)
        beliefs.append(effects.belief("o", prior=PRIOR))

    assert beliefs[0].mean == pytest.approx(beliefs[1].mean, abs=1e-9)
    assert beliefs[0].sd == pytest.approx(beliefs[1].sd, abs=1e-9)


@given(outcomes)
def test_a_shown_decision_never_makes_a_belief_less_sure(
    rows: list[tuple[bool, bool, float]],
) -> None:
    effects, widths = OfferEffects(), [OfferEffects().belief("o", prior=PRIOR).sd]
    for _, bought, chance in rows:
        effects.update("o", shown=True, bought=bought, chance_without=chance)
        widths.append(effects.belief("o", prior=PRIOR).sd)

    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(widths))


def test_a_buyer_raises_the_belief_and_a_non_buyer_lowers_it() -> None:
    means = []
    for bought in (False, True):
        effects = OfferEffects()
        effects.update("o", shown=True, bought=bought, chance_without=0.1)
        means.append(effects.belief("o", prior=PRIOR).mean)

    assert means[0] < PRIOR.mean < means[1]


def test_a_segment_without_evidence_believes_what_the_others_say() -> None:
    effects = learned(0.4, decisions=2_000, segment="loyal")

    loyal = effects.belief("o", "loyal", prior=PRIOR)
    new = effects.belief("o", "new", prior=PRIOR)

    assert new.mean == pytest.approx(loyal.mean, abs=0.05)
    assert new.sd > loyal.sd
    assert effects.belief("another", "loyal", prior=PRIOR).mean == PRIOR.mean


def test_a_segment_with_much_evidence_speaks_for_itself() -> None:
    effects = learned(0.4, decisions=4_000, segment="loyal")
    effects.learn("o", "new", evidence=learned(0.0, decisions=4_000).evidence("o"))

    assert effects.belief("o", "new", prior=PRIOR).mean < 0.05
    assert effects.belief("o", "loyal", prior=PRIOR).mean > 0.35


def test_changed_terms_start_anew() -> None:
    effects = learned(0.4, decisions=100)

    assert effects.forget("o")
    assert not effects.forget("o")
    assert effects.evidence("o") == Evidence()
    assert effects.belief("o", prior=PRIOR).mean == pytest.approx(PRIOR.mean)


def test_the_chance_with_an_offer_follows_the_belief() -> None:
    effects = learned(0.4, decisions=4_000)

    chance = effects.chance_with("o", prior=PRIOR, chance_without=0.2)

    assert chance == pytest.approx(0.2 + 0.8 * 0.4, abs=0.03)


def test_draws_spread_as_the_belief_does_and_repeat_with_the_seed() -> None:
    belief = EffectBelief(0.2, 0.1)

    drawn = [belief.draw(random.Random(seed)) for seed in range(2_000)]

    assert sum(drawn) / len(drawn) == pytest.approx(0.2, abs=0.01)
    assert belief.draw(random.Random(7)) == drawn[7]
    assert EffectBelief(0.0, 1e9).draw(random.Random(1)) in (-1.0, 1.0)


@given(chances)
def test_every_chance_has_a_band(chance: float) -> None:
    band = int(buying_band(chance))

    assert BAND_EDGES[band] <= chance
    assert band == len(BAND_EDGES) - 1 or chance < BAND_EDGES[band + 1]
