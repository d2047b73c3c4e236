"""Calls of the repositories of shoppers and segments: see `repository_calls.py`."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import union_all
from sqlalchemy.sql.selectable import SelectBase

from store_server.clock import to_ms
from store_server.learning.repository import PurchaseRepository
from store_server.presence.repository import HappeningRepository
from store_server.shoppers.attributes import Attribute, AttributeType
from store_server.shoppers.consent import Purpose
from store_server.shoppers.profile import Profile
from store_server.shoppers.repository import FactSources, Population
from store_server.shoppers.segments.segment import Segment
from store_server.shoppers.segments.subject import LiveFacts, Moment
from store_server.shoppers.segments.tree import Everyone
from store_server.shoppers.shopper import Install, Shopper
from tests.store_server.offers.builders import NOON
from tests.store_server.shoppers.builders import a_key, an_identity

Call = Callable[[Any], object]
ANN: Any = "ann"
LATER = NOON + timedelta(days=9)
EVERYONE = Everyone(kind="everyone")


def _rows(repository: Any, statement: SelectBase) -> list[Any]:
    return sorted(repository._session.execute(statement).all(), key=repr)


def _sources(repository: Any) -> FactSources:
    session, scope = repository._session, repository._scope
    happened = HappeningRepository(session, scope)
    events: Any = union_all(happened.visit_rows(), happened.stay_rows())
    return FactSources(PurchaseRepository(session, scope).line_rows(), events)


def _population(repository: Any) -> Population:
    live = {"ann": LiveFacts("bakery", 1, 1, frozenset({"bakery"}))}
    moment = Moment(to_ms(NOON) + 10**6, NOON.date())
    return Population(moment, _sources(repository), live, {})


def _facts(repository: Any) -> Iterable[object]:
    found = repository.facts_of([ANN], _sources(repository))["ann"]
    return [*found.purchases, *found.events]


SHOPPER_READS: dict[str, Call] = {
    "ShopperRepository.get": lambda r: r.get(ANN),
    "ShopperRepository.by_id": lambda r: r.by_id([ANN]),
    "ShopperRepository.count": lambda r: r.count(),
    "ShopperRepository.household_of_one": lambda r: r.household_of_one(ANN),
    "ShopperRepository.sample": lambda r: r.sample(20),
    "ShopperRepository.after": lambda r: r.after("", limit=9),
    "ShopperRepository.installs": lambda r: r.installs(ANN),
    "IdentityRepository.all": lambda r: r.all(),
    "IdentityRepository.of": lambda r: r.of(ANN),
    "ConsentRepository.entries": lambda r: r.entries(ANN),
    "ConsentRepository.entries_of": lambda r: r.entries_of([ANN]),
    "ConsentRepository.allowed_among": lambda r: r.allowed_among([ANN], Purpose.OFFERS, at=LATER),
    "ConsentRepository.allowed_since": lambda r: r.allowed_since([ANN], Purpose.OFFERS, at=LATER),
    "PurchaseRepository.line_rows": lambda r: _rows(r, r.line_rows()),
    "HappeningRepository.visit_rows": lambda r: _rows(r, r.visit_rows()),
    "HappeningRepository.stay_rows": lambda r: _rows(r, r.stay_rows()),
    "AttributeRepository.schema": lambda r: r.schema(),
    "AttributeRepository.values_in_use": lambda r: r.values_in_use("name-ann"),
    "AttributeRepository.of": lambda r: r.of([ANN]),
    "ProfileRepository.of": lambda r: r.of([ANN]),
    "SegmentRepository.all": lambda r: r.all(),
    "SegmentRepository.reach": lambda r: r.reach(EVERYONE, _population(r), limit=9),
    "SegmentRepository.members": lambda r: r.members(EVERYONE, _population(r)),
    "SegmentRepository.memberships": lambda r: r.memberships([EVERYONE], _population(r)),
    "SegmentRepository.facts_of": _facts,
}

SHOPPER_WRITES: dict[str, Call] = {
    "ShopperRepository.save": lambda r: r.save([Shopper(ANN, None, "xx", NOON)]),
    "ShopperRepository.add_install": lambda r: r.add_install(
        Install("install-ann", ANN, "ios", "new", False, NOON)
    ),
    "ShopperRepository.forget_shopper": lambda r: r.forget_shopper(ANN),
    "IdentityRepository.enrol": lambda r: r.enrol(
        an_identity("ann", key=a_key(9), identity_id="identity-ann")
    ),
    "ConsentRepository.add": lambda r: r.add(r.entries(ANN)[0], recorded_at=NOON),
    "AttributeRepository.declare": lambda r: r.declare(Attribute("name-ann", AttributeType.DATE)),
    "AttributeRepository.say": lambda r: r.say({ANN: {"name-ann": 7.0}}, at=NOON),
    "AttributeRepository.forget": lambda r: r.forget(ANN),
    "ProfileRepository.save": lambda r: r.save([Profile(ANN)], at=NOON),
    "SegmentRepository.add": lambda r: r.add(Segment("segment-ann", "new", EVERYONE, 9, NOON)),
}
