"""Whatever happens in whatever order: a wait ends once, and a task has one taker and one result.

The model below knows when a wait may end and by what; it knows nothing of rows and gates.
"""

import itertools
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlmodel import Session

from store_server.database import UnitOfWork
from store_server.decisions.decision import Outcome
from store_server.errors import Conflict
from store_server.flows.end_waits import run_waits
from store_server.flows.move_campaign import move_campaign
from store_server.flows.record_consent import record_consent
from store_server.flows.staff_tasks import claim_task, close_task, show_tasks
from store_server.ids import ShopperId
from store_server.offers.lifecycle import Move
from store_server.offers.trigger import Way
from store_server.offers.wait import MOMENT_S, WaitEnd, WaitState
from store_server.outbox.staff_task import TaskResult, TaskState
from store_server.shoppers.consent import Purpose
from tests.store_server.flows.decision_builders import Shop
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
from tests.store_server.machine_database import unflushed_copy
from tests.store_server.offers.builders import a_trigger

SHOPPERS = st.sampled_from(["ann", "bob", "eve"])
STAFF = st.sampled_from(["max", "kim"])
SECOND = timedelta(seconds=1)


@dataclass
class Model:
    """What must be true of one wait."""

    shopper: str
    began: datetime
    ended_by: WaitEnd | None = None

    @property
    def due(self) -> datetime:
        return self.began + timedelta(seconds=TEN_MIN)


class Journeys(RuleBasedStateMachine):
    """Shoppers who wait, come, say no; a campaign that pauses; staff who take what is left."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.opened = unflushed_copy(self.template)
        self.shop: Shop = a_journey_shop(self.opened, a_journey(step=a_step(on_timeout=CALL)))
        self.events = itertools.count()
        self.is_live = True
        self.said_no: set[str] = set()
        self.models: list[Model] = []
        self.taken: dict[str, str] = {}
        self.results: dict[str, TaskResult] = {}

    @rule(who=SHOPPERS)
    def begin(self, who: str) -> None:
        """A shopper stands at the bread."""
        self._pass(SECOND)
        may = self.is_live and who not in self.said_no and self._open(who) is None
        self.shop.decide(a_trigger(f"e{next(self.events)}", shopper=who, at=self.shop.now))
        if may:
            self.models.append(Model(who, self.shop.now))

    @rule(who=SHOPPERS, back_s=st.sampled_from([0, 30, 900]), is_there=st.booleans())
    def come(self, who: str, back_s: int, *, is_there: bool) -> None:
        """A shopper comes into a zone, or it is told only now."""
        self._pass(SECOND)
        at = self.shop.now - timedelta(seconds=back_s)
        enter(self.shop, DAIRY if is_there else BAKERY, at=at, shopper=who)
        model = self._open(who)
        if model is not None and is_there and model.began < at < model.due:
            model.ended_by = WaitEnd.MISSED if back_s > MOMENT_S else WaitEnd.EVENT

    @rule(seconds=st.sampled_from([5, 299, 600, 1500]), times=st.integers(1, 2))
    def tick(self, seconds: int, times: int) -> None:
        """Time goes by; the timetable ticks, once or doubly."""
        self._pass(timedelta(seconds=seconds))
        for _ in range(times):
            tick(self.shop, self.shop.now)
        for model in self.models:
            if model.ended_by is None and model.due <= self.shop.now:
                late = self.shop.now > model.due + timedelta(seconds=MOMENT_S)
                model.ended_by = WaitEnd.MISSED if late else WaitEnd.TIMEOUT

    @rule(seconds=st.sampled_from([5, 600]))
    def kill(self, seconds: int) -> None:
        """The server dies after its work and before the commit."""
        self._pass(timedelta(seconds=seconds))
        with Session(self.opened.write) as session:
            run_waits(UnitOfWork(session, self.shop.rooms.live), self.shop.rooms, now=self.shop.now)
            session.rollback()

    @rule()
    def pause_or_resume(self) -> None:
        """The campaign falls silent, or speaks again."""
        self._pass(SECOND)
        move = Move.PAUSE if self.is_live else Move.RESUME
        self._run(move_campaign, campaign_id="journey", move=move, by="kim")
        self.is_live = not self.is_live
        if not self.is_live:
            self._cancel(WaitEnd.CAMPAIGN_PAUSED)

    @rule(who=SHOPPERS, granted=st.booleans())
    def say(self, who: str, *, granted: bool) -> None:
        """A shopper lets herself be located, or does not any more."""
        self._pass(SECOND)
        self._run(
            record_consent,
            shopper=ShopperId(who),
            purpose=Purpose.LOCATION,
            granted=granted,
            source="app",
            text_version="1",
        )
        (self.said_no.discard if granted else self.said_no.add)(who)
        if not granted:
            self._cancel(WaitEnd.CONSENT_WITHDRAWN, who=who)

    @rule(by=STAFF, which=st.integers(0, 3))
    def claim(self, by: str, which: int) -> None:
        """Somebody of the staff takes a task."""
        tasks = self._tasks()
        if not tasks:
            return
        task = tasks[which % len(tasks)]
        free = task.state_at(self.shop.now) is TaskState.OPEN
        mine = self.taken.get(task.id) == by and task.id not in self.results
        if self._succeeds(claim_task, task_id=task.id, by=by) != (free or mine):
            raise AssertionError(f"{by} claims {task}")
        if free:
            self.taken[task.id] = by

    @rule(by=STAFF, which=st.integers(0, 3), result=st.sampled_from(TaskResult))
    def close(self, by: str, which: int, result: TaskResult) -> None:
        """Somebody says what came of it."""
        tasks = self._tasks()
        if not tasks:
            return
        task = tasks[which % len(tasks)]
        mine = self.taken.get(task.id) == by
        may = mine and self.results.get(task.id, result) is result
        if self._succeeds(close_task, task_id=task.id, by=by, result=result) != may:
            raise AssertionError(f"{by} closes {task} as {result}")
        if may:
            self.results[task.id] = result

    @invariant()
    def every_wait_is_as_the_model_says(self) -> None:
        """Those that stand are those that began, and each ended by what it ended by."""
        found = sorted((one.shopper, one.began_at, one.ended_by or "") for one in waits(self.shop))
        assert found == sorted((one.shopper, one.began, one.ended_by or "") for one in self.models)

    @invariant()
    def what_fired_is_decided_once_on_its_way(self) -> None:
        """One decision for each wait that fired and none for others; a task where handed over."""
        fired = [one for one in waits(self.shop) if one.state is WaitState.FIRED]
        made = {one.id: one for one in decided(self.shop)}
        assert len(made) == len(fired)
        for wait in fired:
            decision = made[wait.decision or ""]
            assert (decision.shopper, decision.at) == (wait.shopper, wait.ended_at)
            is_call = decision.outcome is Outcome.HANDED_OVER
            assert not (is_call and wait.ended_by == Way.EVENT.value)
        called = {one.id for one in made.values() if one.outcome is Outcome.HANDED_OVER}
        assert {one.decision for one in self._tasks()} == called

    @invariant()
    def tasks_are_as_they_were_taken_and_closed(self) -> None:
        """One taker and one result, whoever else tried."""
        tasks = self._tasks()
        assert {one.id: one.claimed_by for one in tasks if one.claimed_by} == self.taken
        assert {one.id: one.result for one in tasks if one.result} == self.results

    def teardown(self) -> None:
        """Close the database."""
        self.opened.close()

    def _open(self, who: str) -> Model | None:
        return next((o for o in self.models if o.shopper == who and o.ended_by is None), None)

    def _cancel(self, reason: WaitEnd, *, who: str | None = None) -> None:
        for model in self.models:
            if model.ended_by is None and who in (None, model.shopper):
                model.ended_by = reason

    def _tasks(self) -> list[Any]:
        with self.shop.transaction() as uow:
            return list(show_tasks(uow, self.shop.rooms, now=self.shop.now, limit=500))

    def _run(self, flow: Any, **arguments: Any) -> None:
        with self.shop.transaction() as uow:
            flow(uow, self.shop.rooms, now=self.shop.now, **arguments)

    def _succeeds(self, flow: Any, **arguments: Any) -> bool:
        try:
            self._run(flow, **arguments)
        except Conflict:
            return False
        return True

    def _pass(self, by: timedelta) -> None:
        self.shop.now = self.shop.now + by


def journeys(template: Path) -> type[Journeys]:
    return type("TheseJourneys", (Journeys,), {"template": template})


def test_no_order_of_things_ends_a_wait_twice_or_shares_a_task(sqlite_template: Path) -> None:
    few = settings(max_examples=12, stateful_step_count=20)

    run_state_machine_as_test(journeys(sqlite_template), settings=few)


def test_the_model_sees_a_wait_that_ended_otherwise(sqlite_template: Path) -> None:
    these = journeys(sqlite_template)()
    these.begin("ann")
    these.models[0] = replace(these.models[0], ended_by=WaitEnd.TIMEOUT)

    with pytest.raises(AssertionError):
        these.every_wait_is_as_the_model_says()
    these.teardown()
