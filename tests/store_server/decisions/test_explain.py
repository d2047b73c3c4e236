"""A clerk reads one sentence and knows why."""

from dataclasses import replace

import pytest

from store_server.decisions.explain import explain
from store_server.decisions.frequency_cap import Shown
from store_server.decisions.plural import LANGUAGES, Language
from store_server.decisions.reason import Reason
from store_server.decisions.reason_text import as_clause
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


def test_the_same_is_said_in_spanish_and_russian() -> None:
    decision = decided()

    assert explain(decision, CATALOGUE.offers, "es") == (
        "Se ofreció «rye bread» de la campaña bakery: se espera que sea lo que más aporta frente a "
        "no mostrar nada (en 5 de cada 100 visitas así se compra de todos modos, con la oferta en "
        "24)."
    )
    assert explain(decision, CATALOGUE.offers, "ru") == (
        "Предложено «rye bread» из кампании bakery: ожидается, что это принесёт больше всего по "
        "сравнению с тем, чтобы не показывать ничего (в 5 из 100 таких визитов это купят и так, с "
        "предложением — в 24)."
    )


@pytest.mark.parametrize(
    ("others", "end"),
    [
        (1, "; рассмотрено ещё 1 предложение."),
        (2, "; рассмотрено ещё 2 предложения."),
        (5, "; рассмотрено ещё 5 предложений."),
        (21, "; рассмотрено ещё 21 предложение."),
    ],
)
def test_russian_counts_with_the_right_form(others: int, end: str) -> None:
    names = [f"rye{n}" for n in range(others + 1)]
    catalogue = catalogue_of([an_offer(name) for name in names], [a_campaign(offers=names)])

    assert explain(decided(catalogue=catalogue), catalogue.offers, "ru").endswith(end)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", Reason)
def test_every_refusal_is_a_sentence_in_every_language(reason: Reason, language: Language) -> None:
    nothing = replace(decided(a_request(shown=Shown(today_total=9))), reasons=(reason,))

    sentence = explain(nothing, {}, language)

    assert as_clause(reason, language) in sentence
    assert "{" not in sentence


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("holdout_bp", [0, 10_000])
@pytest.mark.parametrize("household", [None, "home"])
def test_every_outcome_is_a_sentence_in_every_language(
    language: Language, holdout_bp: int, household: str | None
) -> None:
    decision = decided(a_request(household=household), a_policy(holdout_bp=holdout_bp))

    sentence = explain(decision, {}, language)

    assert sentence.endswith(".")
    assert "rye" in sentence
    assert "{" not in sentence
