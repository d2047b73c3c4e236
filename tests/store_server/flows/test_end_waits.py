"""A wait ends once: by its event or its time, and is decided then by the gates of then."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session

from store_server.database import Database, UnitOfWork
from store_server.decisions.decision import Outcome
from store_server.decisions.reason import Reason
from store_server.flows.decide_triggers import decide_triggers
from store_server.flows.end_waits import run_waits
from store_server.flows.replay_decision import replay_decision
from store_server.flows.rooms import Policy
from store_server.offers.limits import CampaignLimits, Reentry
from store_server.offers.step import NOTHING
from store_server.offers.trigger import TriggerKind
from store_server.offers.wait import WaitEnd, WaitState
from store_server.outbox.repository import OutboxRepository, StaffTaskRepository
from tests.store_server.flows.decision_builders import HERE
from tests.store_server.flows.wait_builders import (
    BAKERY,
    CALL,
    DAIRY,
    TEN_MIN,
    a_journey,
    a_journey_shop,
    a_step,
    decided,
    enter,
    tick,
    waits,
)
from tests.store_server.offers.builders import NOON, a_trigger

MINUTE = timedelta(minutes=1)
DUE = NOON + timedelta(seconds=TEN_MIN)


def test_at_its_trigger_the_campaign_waits_and_says_nothing(database: Database) -> None:
    shop = a_journey_shop(database)

    shop.decide(a_trigger())
    shop.decide(a_trigger())

    assert decided(shop) == []
    assert [(one.state, one.due_at) for one in waits(shop)] == [(WaitState.WAITING, DUE)]


def test_the_event_takes_one_way_and_the_time_the_other(database: Database) -> None:
    shop = a_journey_shop(database)
    shop.decide(a_trigger(), a_trigger("e2", shopper="bob"))

    enter(shop, BAKERY, at=NOON + MINUTE)
    enter(shop, DAIRY, at=NOON + 2 * MINUTE)
    tick(shop, DUE)
    tick(shop, DUE + MINUTE)

    found = {one.shopper: (one.offer, one.at) for one in decided(shop)}
    assert found == {"ann": ("milk", NOON + 2 * MINUTE), "bob": ("rye", DUE)}
    ended = {one.shopper: (one.ended_by, one.decision is not None) for one in waits(shop)}
    assert ended == {"ann": (WaitEnd.EVENT, True), "bob": (WaitEnd.TIMEOUT, True)}


def test_before_its_time_nothing_is_due(database: Database) -> None:
    shop = a_journey_shop(database)
    shop.decide(a_trigger())

    tick(shop, DUE - timedelta(milliseconds=1))

    assert decided(shop) == []


def test_the_gates_of_the_moment_at_which_it_fires_decide_and_it_replays(
    database: Database,
) -> None:
    shop = a_journey_shop(database)
    shop.decide(a_trigger())
    shop.rooms.policy = replace(shop.rooms.policy, quiet_hours=("12:00", "13:00"))

    tick(shop, DUE)

    (decision,) = decided(shop)
    assert (decision.trigger_kind, decision.reasons) == (TriggerKind.STEP, (Reason.QUIET_HOURS,))
    with shop.transaction() as uow:
        assert replay_decision(uow, shop.rooms, now=shop.now, decision_id=decision.id).is_same


def test_an_offer_of_a_way_replays(database: Database) -> None:
    shop = a_journey_shop(database)
    shop.decide(a_trigger())

    tick(shop, DUE)

    (decision,) = decided(shop)
    assert (decision.outcome, decision.offer) == (Outcome.OFFERED, "rye")
    with shop.transaction() as uow:
        assert replay_decision(uow, shop.rooms, now=shop.now, decision_id=decision.id).is_same


def test_a_way_that_says_nothing_is_a_decision_with_its_reason(database: Database) -> None:
    shop = a_journey_shop(database, a_journey(step=a_step(on_event=NOTHING)))
    shop.decide(a_trigger())

    enter(shop, DAIRY, at=NOON + MINUTE)

    assert [one.reasons for one in decided(shop)] == [(Reason.STEP_ENDS,)]


def test_the_staff_are_called_once_with_what_they_need(database: Database) -> None:
    shop = a_journey_shop(database, a_journey(step=a_step(on_timeout=CALL)))
    shop.decide(a_trigger())

    tick(shop, DUE)
    tick(shop, DUE + MINUTE)

    (decision,) = decided(shop)
    assert (decision.outcome, decision.offer, decision.channel) == (
        Outcome.HANDED_OVER,
        None,
        "staff",
    )
    assert shop.rooms.channels.limits == {}
    with shop.transaction() as uow:
        (task,) = StaffTaskRepository(uow.session, HERE).page(limit=9)
        # No channel to the staff is set up, so nothing waits for one.
        assert not any(OutboxRepository(uow.session, HERE).counts().values())
        assert replay_decision(uow, shop.rooms, now=shop.now, decision_id=decision.id).is_same
    assert (task.decision, task.message) == (decision.id, CALL.message)
    assert task.expires_at == DUE + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("policy", "reason"),
    [(Policy(holdout_bp=10_000), Reason.HELD_OUT), (Policy(cap_per_day=0), Reason.SHOPPER_CAP_DAY)],
)
def test_gates_and_holdout_stand_before_the_staff_too(
    database: Database, policy: Policy, reason: Reason
) -> None:
    journey = a_journey(step=a_step(on_timeout=CALL))
    shop = a_journey_shop(database, journey, policy=policy)
    shop.decide(a_trigger())

    tick(shop, DUE)

    assert [one.reasons for one in decided(shop)] == [(reason,)]
    with shop.transaction() as uow:
        assert StaffTaskRepository(uow.session, HERE).page(limit=9) == []


def test_what_could_not_be_decided_in_its_moment_is_missed(database: Database) -> None:
    shop = a_journey_shop(database)
    shop.decide(a_trigger())

    tick(shop, DUE + timedelta(seconds=601))

    assert decided(shop) == []
    assert [one.ended_by for one in waits(shop)] == [WaitEnd.MISSED]


def test_a_kill_in_mid_work_leaves_the_wait_as_it_was(database: Database) -> None:
    shop = a_journey_shop(database)
    shop.decide(a_trigger())
    with Session(shop.database.write) as session:
        run_waits(UnitOfWork(session, shop.rooms.live), shop.rooms, now=DUE)
        session.rollback()

    tick(shop, DUE)

    assert len(decided(shop)) == 1


def test_of_one_campaign_a_shopper_waits_once_at_a_time(database: Database) -> None:
    shop = a_journey_shop(database)

    shop.decide(a_trigger())
    shop.decide(a_trigger("e2", at=NOON + MINUTE))
    tick(shop, DUE)
    shop.decide(a_trigger("e3", at=DUE))

    assert [one.state for one in waits(shop)] == [WaitState.WAITING, WaitState.FIRED]


def test_who_may_not_come_back_yet_is_refused_with_the_reason(database: Database) -> None:
    journey = a_journey(limits=CampaignLimits(reentry=Reentry.PER_VISIT))
    shop = a_journey_shop(database, journey)
    shop.decide(a_trigger())
    tick(shop, DUE)

    shop.decide(a_trigger("e2", at=DUE))
    shop.decide(a_trigger("e3", at=DUE + MINUTE, visit="visit-2"))

    assert [(one.state, one.ended_by) for one in waits(shop)] == [
        (WaitState.WAITING, None),
        (WaitState.CANCELLED, WaitEnd.REENTRY),
        (WaitState.FIRED, WaitEnd.TIMEOUT),
    ]


def test_beside_a_journey_other_campaigns_are_asked_as_ever(database: Database) -> None:
    plain = replace(a_journey("plain"), step=None)
    shop = a_journey_shop(database, a_journey(), plain)

    with shop.transaction() as uow:
        made = decide_triggers(uow, shop.rooms, now=NOON, triggers=[a_trigger()])

    assert [one.campaign for one in made] == ["plain"]
    assert len(waits(shop)) == 1
