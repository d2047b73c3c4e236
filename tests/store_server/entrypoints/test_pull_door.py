"""Many questions at once are answered in rounds; what is too late was never decided."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime

import pytest
from sqlalchemy import text

from store_server.database import Database, UnitOfWork
from store_server.entrypoints.pull_door import PullDoor
from store_server.errors import Refusal
from store_server.flows.pull_answer import PullAnswer, PullAsked
from store_server.flows.record_consent import record_consent
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId, ZoneId
from store_server.offers.trigger import Placement
from store_server.shoppers.consent import Purpose
from store_server.writer import Priority, Writer
from tests.store_server.flows.decision_builders import Shop, a_shop
from tests.store_server.offers.builders import a_campaign

PEOPLE = tuple(f"s{number}" for number in range(150))
AMPLE_S = 60.0
TABLES = ("decision", "coupon", "pull_answer", "notification", "campaign_budget")


class Held:
    """A flow that keeps the writer until it is let go."""

    def __init__(self) -> None:
        self.begun, self.free = threading.Event(), threading.Event()

    def __call__(self, uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> None:
        del uow, rooms, now
        self.begun.set()
        self.free.wait(AMPLE_S)


@pytest.fixture
def shop(database: Database) -> Shop:
    return a_shop(database, shoppers=PEOPLE, campaigns=[a_campaign(budget_issues=100)])


@pytest.fixture
def writer(shop: Shop) -> Iterator[Writer[StoreLive]]:
    working: Writer[StoreLive] = Writer(shop.database.write, shop.rooms)
    working.start()
    yield working
    working.stop()


def a_question(shopper: str, request: str = "r1") -> PullAsked:
    return PullAsked(ShopperId(shopper), request, Placement.APP, ZoneId("bakery"))


def rows(database: Database) -> dict[str, int]:
    with database.read.connect() as connection:
        return {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in TABLES
        }


async def asked_while_held(
    door: PullDoor, writer: Writer[StoreLive], questions: list[PullAsked], *, deadline_s: float
) -> list[PullAnswer | BaseException | None]:
    """All answers; the writer is let go when every question waits, or was given up."""
    held = Held()
    writer.submit(Priority.TILL, held)
    held.begun.wait(AMPLE_S)
    waiting = [asyncio.ensure_future(door.ask(one, deadline_s=deadline_s)) for one in questions]
    await asyncio.sleep(0)
    if deadline_s < AMPLE_S:
        await asyncio.gather(*waiting, return_exceptions=True)
    held.free.set()
    return await asyncio.gather(*waiting, return_exceptions=True)


def test_many_are_answered_at_once_and_the_budget_holds(
    shop: Shop, writer: Writer[StoreLive]
) -> None:
    door = PullDoor(writer)
    questions = [a_question(one) for one in PEOPLE]

    answers = asyncio.run(asked_while_held(door, writer, questions, deadline_s=AMPLE_S))

    assert all(isinstance(one, PullAnswer) for one in answers)
    offered = [one for one in answers if isinstance(one, PullAnswer) and one.offers]
    assert len(offered) == 100
    found = rows(shop.database)
    assert (found["decision"], found["pull_answer"], found["coupon"]) == (150, 150, 100)


def test_two_questions_of_one_shopper_are_answered_one_after_the_other(
    shop: Shop, writer: Writer[StoreLive]
) -> None:
    questions = [a_question("s1", f"r{number}") for number in range(4)]
    questions += [a_question("s1", "r0"), a_question("s2")]

    answers = asyncio.run(asked_while_held(PullDoor(writer), writer, questions, deadline_s=AMPLE_S))

    assert all(isinstance(one, PullAnswer) for one in answers)
    assert answers[4] == answers[0]
    offered = [one for one in answers[:4] if isinstance(one, PullAnswer) and one.offers]
    assert len(offered) == 1, "the campaign's cap per day is one"


def test_what_is_too_late_leaves_nothing_behind(shop: Shop, writer: Writer[StoreLive]) -> None:
    door = PullDoor(writer)
    questions = [a_question(one) for one in PEOPLE[:5]]

    late = asyncio.run(asked_while_held(door, writer, questions, deadline_s=0.01))

    assert late == [None] * 5
    after = Held()
    after.free.set()
    writer.submit(Priority.SIGHTINGS, after).result()
    assert rows(shop.database) == dict.fromkeys(TABLES, 0)
    again = asyncio.run(door.ask(questions[0], deadline_s=AMPLE_S))
    assert isinstance(again, PullAnswer)
    assert again.outcome == "offered"


def test_who_is_given_up_in_mid_round_is_rolled_back_and_the_others_are_answered(
    shop: Shop, writer: Writer[StoreLive], monkeypatch: pytest.MonkeyPatch
) -> None:
    door = PullDoor(writer)
    sealing, free = threading.Event(), threading.Event()
    seal = door.seal

    def slow_seal() -> None:
        if not sealing.is_set():
            sealing.set()
            free.wait(AMPLE_S)
        seal()

    monkeypatch.setattr(door, "seal", slow_seal)

    async def ask() -> list[PullAnswer | None]:
        held = Held()
        writer.submit(Priority.TILL, held)
        held.begun.wait(AMPLE_S)
        patient = asyncio.ensure_future(door.ask(a_question("s1"), deadline_s=AMPLE_S))
        hasty = asyncio.ensure_future(door.ask(a_question("s2"), deadline_s=0.5))
        await asyncio.sleep(0)
        held.free.set()
        given_up = await hasty
        free.set()
        return [given_up, await patient]

    given_up, answered = asyncio.run(ask())

    assert sealing.is_set()
    assert given_up is None
    assert answered is not None
    assert answered.outcome == "offered"
    found = rows(shop.database)
    assert (found["decision"], found["coupon"], found["pull_answer"]) == (1, 1, 1)


def test_one_that_cannot_be_answered_does_not_hold_up_the_others(
    shop: Shop, writer: Writer[StoreLive]
) -> None:
    odd = PullAsked(ShopperId("s3"), "r1", Placement.APP, ZoneId("cellar"))
    questions = [a_question("s1"), odd, a_question("s2")]

    answers = asyncio.run(asked_while_held(PullDoor(writer), writer, questions, deadline_s=AMPLE_S))

    assert isinstance(answers[0], PullAnswer)
    assert isinstance(answers[1], Refusal)
    assert isinstance(answers[2], PullAnswer)


def test_a_no_that_was_committed_before_counts(shop: Shop, writer: Writer[StoreLive]) -> None:
    door = PullDoor(writer)

    async def ask() -> list[PullAnswer | BaseException | None]:
        held = Held()
        writer.submit(Priority.TILL, held)
        held.begun.wait(AMPLE_S)
        waiting = [
            asyncio.ensure_future(door.ask(a_question(x), deadline_s=AMPLE_S)) for x in PEOPLE[:3]
        ]
        await asyncio.sleep(0)
        writer.submit(
            Priority.TILL,
            record_consent,
            shopper=ShopperId("s1"),
            purpose=Purpose.OFFERS,
            granted=False,
            source="app",
            text_version="1",
        )
        held.free.set()
        return await asyncio.gather(*waiting, return_exceptions=True)

    answers = asyncio.run(ask())

    outcomes = [one.outcome for one in answers if isinstance(one, PullAnswer)]
    assert outcomes == ["offered", "nothing", "offered"]


def test_who_was_told_at_once_and_asks_again_shares_the_next_round(
    shop: Shop, writer: Writer[StoreLive], monkeypatch: pytest.MonkeyPatch
) -> None:
    door, sizes = PullDoor(writer), list[int]()
    take = door.take

    def counted() -> Sequence[PullAsked]:
        taken = take()
        sizes.append(len(taken))
        return taken

    monkeypatch.setattr(door, "take", counted)

    async def ask() -> None:
        await asked_while_held(
            door, writer, [a_question(one) for one in PEOPLE[:9]], deadline_s=AMPLE_S
        )
        again = (door.ask(a_question(one, "r2"), deadline_s=AMPLE_S) for one in PEOPLE[:9])
        await asyncio.gather(*again)

    asyncio.run(ask())

    assert sizes == [9, 9]


def test_a_rest_ends_with_the_loop_that_it_was_on(shop: Shop, writer: Writer[StoreLive]) -> None:
    door = PullDoor(writer)
    questions = [a_question(one) for one in PEOPLE[:3]]
    asyncio.run(asked_while_held(door, writer, questions, deadline_s=AMPLE_S))

    answer = asyncio.run(door.ask(a_question("s9"), deadline_s=AMPLE_S))

    assert isinstance(answer, PullAnswer)
