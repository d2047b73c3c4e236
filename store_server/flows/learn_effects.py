"""Part of taking baskets: what they tell of the effects of offers, shown or held out.

A decision teaches once, by the first basket of its unit in its window: P(buy | no offer) is a
chance for each basket, so a basket is what shown and held out are compared by. Ghosts teach what
would have been bought anyway; both arms obey the same rule.
"""

from collections.abc import Mapping
from functools import partial

from store_server.database import UnitOfWork
from store_server.decisions.decision import Decision, Outcome
from store_server.decisions.repository import DecisionRepository, LessonRepository
from store_server.flows.promised_offers import offers_named
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import OfferId
from store_server.learning.offer_effect import Evidence, buying_band
from store_server.learning.repository import OfferEffectRepository
from store_server.offers.offer import Offer


def learn_effects(uow: UnitOfWork[StoreLive], rooms: StoreRooms, bought: Mapping[str, bool]) -> int:
    """Add to the belief of each offer's effect; how many decisions taught something new.

    Args:
        uow: the transaction of the baskets; memory learns after its commit.
        rooms: the store.
        bought: for each decision in whose window a basket came whether it held the category.
    """
    if not bought:
        return 0
    session, scope = uow.session, rooms.scope
    fresh = LessonRepository(session, scope).add(bought)
    told: dict[tuple[str, str], Evidence] = {}
    taught = DecisionRepository(session, scope).by_id(fresh).values()
    named = {(one.offer, one.offer_version) for one in taught if one.offer is not None}
    offers = offers_named(uow, rooms, named)
    for decision in taught:
        found = _evidence(decision, offers, bought=fresh[decision.id])
        if found is not None:
            key, evidence = found
            told[key] = told.get(key, Evidence()) + evidence
    repository = OfferEffectRepository(session, scope)
    for (offer, band), evidence in sorted(told.items()):
        repository.add(offer, band, evidence=evidence)
        uow.after_commit(partial(rooms.effects.effects.learn, offer, band, evidence=evidence))
    return len(fresh)


def _evidence(
    decision: Decision, offers: Mapping[tuple[OfferId, int | None], Offer], *, bought: bool
) -> tuple[tuple[str, str], Evidence] | None:
    """What a decision teaches, with offer and band; None when its chances are not known."""
    chosen = next((one for one in decision.candidates if one.reason is None), None)
    if chosen is None or chosen.offer is None or chosen.chance_without is None:
        return None
    offer = offers.get((chosen.offer, decision.offer_version))
    if offer is None:
        return None
    face_value_minor = decision.face_value_minor
    personal = face_value_minor is not None and offer.face_value_minor > 0
    dose = (face_value_minor or 0) / offer.face_value_minor if personal else 1.0
    evidence = Evidence.of(
        shown=decision.outcome is Outcome.OFFERED,
        bought=bought,
        chance_without=chosen.chance_without,
        dose=dose,
    )
    return (chosen.offer, buying_band(chosen.chance_without)), evidence
