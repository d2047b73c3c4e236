"""Evidence of offers adds up in the database, and belongs to one organisation."""

import pytest

from store_server.database import UnitOfWork
from store_server.ids import scope
from store_server.learning.offer_effect import Evidence, OfferEffects
from store_server.learning.repository import OfferEffectRepository
from store_server.offers.offer import EffectPrior

HERE, ELSEWHERE = scope("acme", "demo"), scope("other", "demo")
SHOWN = Evidence.of(shown=True, bought=True, chance_without=0.3)
HELD = Evidence.of(shown=False, bought=False, chance_without=0.1)


def test_evidence_adds_up(uow: UnitOfWork[None]) -> None:
    repository = OfferEffectRepository(uow.session, HERE)

    repository.add("tea-20", "1", evidence=SHOWN)
    repository.add("tea-20", "1", evidence=HELD)
    repository.add("tea-20", "2", evidence=HELD)

    assert repository.load() == {("tea-20", "1"): SHOWN + HELD, ("tea-20", "2"): HELD}


def test_what_is_loaded_is_believed_as_before(uow: UnitOfWork[None]) -> None:
    learned, prior = OfferEffects(), EffectPrior(0.2, 10.0)
    for evidence in (SHOWN, HELD, SHOWN):
        learned.learn("tea-20", evidence=evidence)
        OfferEffectRepository(uow.session, HERE).add("tea-20", "", evidence=evidence)

    restored = OfferEffects(OfferEffectRepository(uow.session, HERE).load())

    before = learned.belief("tea-20", prior=prior)
    assert restored.belief("tea-20", prior=prior).mean == pytest.approx(before.mean)


def test_forgetting_an_offer_touches_no_other_and_no_other_organisation(
    uow: UnitOfWork[None],
) -> None:
    here = OfferEffectRepository(uow.session, HERE)
    elsewhere = OfferEffectRepository(uow.session, ELSEWHERE)
    for repository in (here, elsewhere):
        repository.add("tea-20", "", evidence=SHOWN)
        repository.add("milk-10", "", evidence=HELD)

    assert here.forget("tea-20") == 1
    assert here.forget("tea-20") == 0

    assert set(here.load()) == {("milk-10", "")}
    assert len(elsewhere.load()) == 2
