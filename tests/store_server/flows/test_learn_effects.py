"""Shown, held out, bought: each basket moves the belief of the offer's effect at once."""

import pytest

from store_server.database import Database
from store_server.flows.learn_effects import learn_effects
from store_server.flows.rooms import Policy
from store_server.flows.save_offer import save_offer
from store_server.learning.offer_effect import EffectBelief, Evidence
from store_server.learning.repository import OfferEffectRepository
from store_server.offers.document import write_offer
from tests.store_server.flows.decision_builders import HERE, Shop, a_shop
from tests.store_server.offers.builders import a_trigger, an_offer

RYE, PRIOR = "rye", an_offer().effect_prior


def belief(shop: Shop) -> EffectBelief:
    return shop.rooms.effects.effects.belief(RYE, "0", prior=PRIOR)


def teach(shop: Shop, decision: str, *, bought: bool) -> int:
    with shop.transaction() as uow:
        taught = learn_effects(uow, shop.rooms, {decision: bought})
    for action in uow.actions:
        action()
    return taught


@pytest.mark.parametrize(("bought", "higher"), [(True, True), (False, False)])
def test_an_offer_that_was_shown_moves_its_belief(
    database: Database, *, bought: bool, higher: bool
) -> None:
    shop = a_shop(database)
    (decision,) = shop.decide(a_trigger())
    before = belief(shop)

    taught = teach(shop, decision.id, bought=bought)

    assert taught == 1
    assert (belief(shop).mean > before.mean) is higher
    assert belief(shop).sd < before.sd


def test_a_ghost_tells_of_the_base_rate_alone(database: Database) -> None:
    shop = a_shop(database, policy=Policy(holdout_bp=10_000))
    (ghost,) = shop.decide(a_trigger())

    teach(shop, ghost.id, bought=True)

    evidence = shop.rooms.effects.effects.evidence(RYE, "0")
    assert (evidence.shown, evidence.held_out, evidence.bought_held_out) == (0, 1, 1)
    assert evidence.room_room == 0.0


def test_a_decision_teaches_once_and_the_database_knows_what_memory_knows(
    database: Database,
) -> None:
    shop = a_shop(database)
    (decision,) = shop.decide(a_trigger())
    teach(shop, decision.id, bought=True)

    again = teach(shop, decision.id, bought=False)

    with shop.transaction() as uow:
        kept = OfferEffectRepository(uow.session, HERE).load()
    assert again == 0
    assert kept == {(RYE, "0"): shop.rooms.effects.effects.evidence(RYE, "0")}


def test_a_later_discount_does_not_change_what_a_decision_taught(database: Database) -> None:
    shop = a_shop(database)
    (decision,) = shop.decide(a_trigger())
    chance = decision.candidates[0].chance_without
    assert chance is not None
    cheaper = {**write_offer(an_offer()), "face_value_minor": 5}
    with shop.transaction() as uow:
        save_offer(uow, shop.rooms, now=shop.now, offer_id=RYE, document=cheaper, by="ops")

    teach(shop, decision.id, bought=True)

    full = Evidence.of(shown=True, bought=True, chance_without=chance, dose=1.0)
    assert shop.rooms.effects.effects.evidence(RYE, "0") == full


def test_the_next_decision_goes_by_what_was_learned(database: Database) -> None:
    shop = a_shop(database)
    (before,) = shop.decide(a_trigger("e1", shopper="ann", visit="v1"))
    hopeless = Evidence(shown=9_999, room_room=1e5, room_bought=-9e4)
    shop.rooms.effects.effects.learn(RYE, "0", evidence=hopeless)

    (after,) = shop.decide(a_trigger("e2", shopper="bob", visit="v2"))

    assert (before.outcome, after.outcome) == ("offered", "nothing")
