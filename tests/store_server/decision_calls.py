"""Calls of the repositories of decisions: see `repository_calls.py`."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from store_server.decisions.kill_switch import KillSwitch
from store_server.decisions.repository import GivenArm
from store_server.decisions.repository.pull_answers import Answer
from tests.store_server.decisions.builders import a_request, decided
from tests.store_server.offers.builders import NOON, a_trigger

Call = Callable[[Any], object]
EVER = datetime(2020, 1, 1, tzinfo=UTC)
ANN: Any = "ann"
LATER = datetime(2100, 1, 1, tzinfo=UTC)

DECISION_READS: dict[str, Call] = {
    "BasketRepository.earned": lambda r: r.earned(["decision-ann"]),
    "DecisionRepository.offered_between": lambda r: r.offered_between(None, LATER, limit=9),
    "OfferEffectRepository.load": lambda r: r.load(),
    "StockRepository.out": lambda r: r.out(),
    "StockRepository.units": lambda r: r.units(),
    "DismissalRepository.last": lambda r: r.last([ANN], since=EVER),
    "DismissalRepository.among": lambda r: r.among(["decision-ann"]),
    "DismissalRepository.of_shopper": lambda r: r.of_shopper(ANN),
    "PoolRepository.issued": lambda r: r.issued(["offer-ann"]),
    "DecisionRepository.asked": lambda r: r.asked("decision-ann"),
    "SwitchRepository.is_on": lambda r: r.is_on(),
    "SwitchRepository.read": lambda r: r.read(),
    "ExperimentUnitRepository.of": lambda r: r.of(["h:household-ann"], ["experiment-ann"]),
    "GroundRepository.of": lambda r: r.of(["digest-ann"]),
    "DecisionRepository.decided": lambda r: r.decided(["trigger-ann"]),
    "DecisionRepository.by_id": lambda r: r.by_id(["decision-ann"]),
    "DecisionRepository.find": lambda r: r.find("decision-ann"),
    "DecisionRepository.shown": lambda r: r.shown(
        shoppers=[ANN], households=["household-ann"], visits=["visit-ann"], since=EVER
    ),
    "DecisionRepository.of_visits": lambda r: r.of_visits({"visit-ann": ANN}),
    "PutForwardRepository.find": lambda r: r.find(
        shoppers=[ANN], households=["household-ann"], since=EVER, decisions=["decision-ann"]
    ),
    "DecisionRepository.of_shopper": lambda r: r.of_shopper(ANN),
    "DecisionRepository.page": lambda r: r.page(limit=9),
    "DecisionRepository.count_by_outcome": lambda r: r.count_by_outcome(),
    "PullAnswerRepository.find": lambda r: r.find([(ANN, "request-ann")]),
}

DECISION_WRITES: dict[str, Call] = {
    "LessonRepository.add": lambda r: r.add({"decision-new": True}),
    "StockRepository.say": lambda r: r.say({"product-ann": 5}, at=NOON),
    "DismissalRepository.add": lambda r: r.add(
        "decision-new", shopper=ANN, campaign="campaign-ann", at=NOON
    ),
    "DismissalRepository.forget": lambda r: r.forget(ANN),
    "PoolRepository.hold": lambda r: r.hold(["offer-new"]),
    "PoolRepository.take": lambda r: r.take("offer-ann", most=10**6),
    "PoolRepository.give_back": lambda r: r.give_back("offer-ann"),
    "SwitchRepository.move": lambda r: r.move(KillSwitch(False, NOON, "new")),
    "ExperimentUnitRepository.give": lambda r: r.give(
        [GivenArm("experiment-ann", "unit-new", "bold", 0)], shopper=ANN, at_ms=0
    ),
    "ExperimentUnitRepository.forget_household": lambda r: r.forget_household("household-ann"),
    "ExperimentUnitRepository.forget": lambda r: r.forget(ANN),
    "GroundRepository.keep": lambda r: r.keep({"digest-new": "new"}),
    "DecisionRepository.add": lambda r: r.add([decided(a_request(a_trigger("new")))]),
    "PullAnswerRepository.add": lambda r: r.add(
        [Answer(ANN, "new", "app", ("decision-ann",))], at=NOON
    ),
    "DecisionRepository.forget": lambda r: r.forget(ANN),
    "VisitNameRepository.move": lambda r: r.move("visit-ann", to="new", shopper=ANN),
}
