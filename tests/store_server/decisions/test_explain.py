"""A clerk reads one sentence and knows why."""

from store_server.decisions.explain import explain
from store_server.decisions.frequency_cap import Shown
from store_server.offers.catalogue import catalogue_of
from tests.store_server.decisions.builders import (
    CATALOGUE,
    KnownChances,
    a_policy,
    a_request,
    decided,
)
from tests.store_server.offers.builders import a_campaign, an_offer


def test_an_offer_says_what_it_changes() -> None:
    sentence = explain(decided(), CATALOGUE.offers)

    assert sentence == (
        'Offered "rye bread" of campaign bakery: it is expected to bring the most over showing '
        "nothing (in 5 of 100 such visits it is bought anyway, with the offer in 24)."
    )


def test_nothing_says_every_reason() -> None:
    decision = decided(a_request(shown=Shown(today_total=9)))

    assert explain(decision, CATALOGUE.offers) == (
        "Nothing was offered: the shopper or the household has had as many offers today as the "
        "store allows."
    )


def test_a_ghost_says_that_it_was_on_purpose() -> None:
    decision = decided(a_request(household="home"), a_policy(holdout_bp=10_000))

    sentence = explain(decision, {})

    assert "on purpose, because this household" in sentence
    assert sentence.endswith("it would have been rye of campaign bakery.")


def test_a_fallback_says_that_it_is_one() -> None:
    catalogue = catalogue_of(
        [an_offer(), an_offer("hello", face_value_minor=0)], [a_campaign(fallback_offer="hello")]
    )
    decision = decided(catalogue=catalogue, chances=KnownChances(population=0.999))

    sentence = explain(decision, catalogue.offers)

    assert "no other offer was worth its cost" in sentence
    assert sentence.endswith("; one other was looked at.")
