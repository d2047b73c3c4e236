"""Decisions are written once, found again whole, and stay within their store."""

from dataclasses import replace
from datetime import timedelta

from store_server.database import UnitOfWork
from store_server.decisions.decision import Decision, Outcome
from store_server.decisions.repository import DecisionRepository, PullAnswerRepository
from store_server.decisions.repository.pull_answers import Answer
from store_server.ids import HouseholdId, ShopperId, scope
from tests.store_server.decisions.builders import HERE, a_policy, a_request, decided
from tests.store_server.offers.builders import NOON, a_trigger

ANN, HOME = ShopperId("ann"), HouseholdId("home")


def a_decision(event: str = "e1", *, shopper: str = "ann", minutes: int = 0) -> Decision:
    trigger = a_trigger(event, shopper=shopper)
    return decided(a_request(trigger, at=NOON + timedelta(minutes=minutes), household="home"))


def test_a_decision_is_found_as_it_was_made(uow: UnitOfWork[None]) -> None:
    repository = DecisionRepository(uow.session, HERE)
    decision = replace(a_decision(), latency_us=41)

    repository.add([decision])

    found = repository.find(decision.id)
    assert found == decision
    assert found is not None
    assert found.latency_us == 41


def test_a_trigger_is_decided_once(uow: UnitOfWork[None]) -> None:
    repository = DecisionRepository(uow.session, HERE)
    first = a_decision()

    added = repository.add([first]), repository.add([replace(first, outcome=Outcome.NOTHING)])

    assert added == (1, 0)
    assert repository.find(first.id) == first
    assert repository.decided([first.trigger_id, "other"]) == {first.trigger_id}


def test_another_store_does_not_see_it_but_its_caps_count_it(uow: UnitOfWork[None]) -> None:
    DecisionRepository(uow.session, HERE).add([a_decision()])

    there = DecisionRepository(uow.session, scope("acme", "other"))
    elsewhere = DecisionRepository(uow.session, scope("rival", "demo"))

    midnight = NOON.replace(hour=0)
    asked = {"shoppers": [ANN], "households": [], "visits": [], "since": midnight}
    assert there.find(a_decision().id) is None
    assert len(there.shown(**asked)) == 1  # type: ignore[arg-type] # one mapping of several types
    assert elsewhere.shown(**asked) == []  # type: ignore[arg-type] # as above


def test_caps_see_the_household_and_the_visit_and_no_refusals(uow: UnitOfWork[None]) -> None:
    repository = DecisionRepository(uow.session, HERE)
    refused = decided(a_request(a_trigger("e3"), offers_allowed=False))
    repository.add([a_decision(), a_decision("e2", shopper="bob"), refused])

    late = NOON + timedelta(hours=1)
    by_household = repository.shown(shoppers=[], households=[HOME], visits=[], since=NOON)
    by_visit = repository.shown(shoppers=[ANN], households=[], visits=["visit-1"], since=late)

    assert sorted(one.shopper for one in by_household) == ["ann", "bob"]
    assert sorted(one.shopper for one in by_visit) == ["ann", "bob"]


def test_pages_go_back_in_time_without_gap_or_repeat(uow: UnitOfWork[None]) -> None:
    repository = DecisionRepository(uow.session, HERE)
    made = [a_decision(f"e{n}", minutes=n // 2) for n in range(5)]
    repository.add(made)

    first = repository.page(limit=3)
    last = first[-1]
    rest = repository.page(limit=9, before=(round(last.at.timestamp() * 1000), last.id))

    assert {one.id for one in (*first, *rest)} == {one.id for one in made}
    assert len(first) + len(rest) == 5
    assert first[0].at >= rest[0].at


def test_a_forgotten_shopper_is_named_nowhere_and_still_counts(uow: UnitOfWork[None]) -> None:
    repository = DecisionRepository(uow.session, HERE)
    held = decided(a_request(a_trigger("e2")), a_policy(holdout_bp=10_000))
    repository.add([a_decision(), held])
    answers = PullAnswerRepository(uow.session, HERE)
    answers.add([Answer(ANN, "r1", "app", (held.id,))], at=NOON)

    assert repository.forget(ANN) == 2

    left = repository.page(limit=9)
    assert len({one.shopper for one in left}) == 1
    assert all(one.shopper != ANN and one.household is None for one in left)
    assert answers.find([(ANN, "r1")]) == {}
    assert repository.count_by_outcome() == {"offered": 1, "held_out": 1}
