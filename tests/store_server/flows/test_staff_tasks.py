"""A task is taken by one, closed by the same, and expires when nobody takes it."""

from datetime import datetime, timedelta

import pytest

from store_server.database import Database
from store_server.errors import Conflict, NotFound
from store_server.flows.show_decisions import show_decision
from store_server.flows.staff_tasks import claim_task, close_task, show_tasks
from store_server.outbox.staff_task import StaffTask, TaskResult, TaskState
from tests.store_server.flows.decision_builders import Shop
from tests.store_server.flows.wait_builders import (
    CALL,
    TEN_MIN,
    a_journey,
    a_journey_shop,
    a_step,
    decided,
    tick,
)
from tests.store_server.offers.builders import NOON, a_trigger

DUE = NOON + timedelta(seconds=TEN_MIN)
LATER = DUE + timedelta(hours=1)


def a_handed_over(database: Database) -> tuple[Shop, str]:
    shop = a_journey_shop(database, a_journey(step=a_step(on_timeout=CALL)))
    shop.decide(a_trigger())
    tick(shop, DUE)
    (task,) = tasks(shop, at=DUE)
    return shop, task.id


def tasks(shop: Shop, *, at: datetime, state: TaskState | None = None) -> list[StaffTask]:
    with shop.transaction() as uow:
        return show_tasks(uow, shop.rooms, now=at, state=state)


def claim(shop: Shop, task: str, by: str, *, at: datetime = DUE) -> StaffTask:
    with shop.transaction() as uow:
        return claim_task(uow, shop.rooms, now=at, task_id=task, by=by)


def close(shop: Shop, task: str, by: str, result: TaskResult) -> StaffTask:
    with shop.transaction() as uow:
        return close_task(uow, shop.rooms, now=DUE, task_id=task, by=by, result=result)


def test_one_takes_it_and_closes_it_and_may_say_so_twice(database: Database) -> None:
    shop, task = a_handed_over(database)

    assert claim(shop, task, "eve") == claim(shop, task, "eve")
    assert close(shop, task, "eve", TaskResult.HELPED) == close(
        shop, task, "eve", TaskResult.HELPED
    )
    assert [one.state for one in tasks(shop, at=LATER)] == [TaskState.CLOSED]


def test_nobody_else_can_take_or_close_it(database: Database) -> None:
    shop, task = a_handed_over(database)
    claim(shop, task, "eve")

    with pytest.raises(Conflict, match="can be taken"):
        claim(shop, task, "max")
    with pytest.raises(Conflict, match="take it first"):
        close(shop, task, "max", TaskResult.HELPED)
    with pytest.raises(NotFound):
        claim(shop, "nothing", "max")


def test_when_its_moment_is_over_it_cannot_be_taken(database: Database) -> None:
    shop, task = a_handed_over(database)

    with pytest.raises(Conflict, match="expired"):
        claim(shop, task, "eve", at=LATER)
    assert tasks(shop, at=LATER, state=TaskState.OPEN) == []
    assert len(tasks(shop, at=LATER, state=TaskState.EXPIRED)) == 1


def test_the_decision_says_what_was_waited_for(database: Database) -> None:
    shop, _ = a_handed_over(database)
    (decision,) = decided(shop)

    with shop.transaction() as uow:
        told = [
            show_decision(
                uow, shop.rooms, now=DUE, decision_id=decision.id, language=language
            ).explanation
            for language in ("en", "es", "ru")
        ]

    assert told[0] == (
        "It waited for a step into the zone Dairy, or for 10 min to pass, from 2026-03-04 12:00 "
        "until 2026-03-04 12:10 at the latest. That did not come in time. The staff were called, "
        "as campaign journey says for this case."
    )
    assert "Dairy" in told[1]
    assert "Dairy" in told[2]
