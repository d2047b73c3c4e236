"""Waits and tasks of the staff by the API: who may look, who may take, and what is refused."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from store_server.clock import SteppedClock
from store_server.database import UnitOfWork
from store_server.flows.decide_triggers import decide_triggers
from store_server.flows.end_waits import run_waits
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.catalogue import catalogue_of
from store_server.offers.repository import OfferRepository
from store_server.shop.access import hash_token
from store_server.shop.console_user import ConsoleUser
from store_server.shop.repository import AccessRepository, ConsoleUserRepository
from store_server.shop.roles import Role
from store_server.writer import Priority
from tests.store_server.entrypoints.web_builders import OWN_PAGE, WebStore
from tests.store_server.flows.wait_builders import CALL, TEN_MIN, a_journey, a_step
from tests.store_server.offers.builders import NOON, a_trigger, an_offer

DUE = NOON + timedelta(seconds=TEN_MIN)
WAITS, TASKS = "/v1/campaigns/journey/waits", "/v1/staff/tasks"


def _begin(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> None:
    """Ann and Bob wait ten minutes at the bread; then the staff are called."""
    offers = [an_offer("rye"), an_offer("milk", category="DAIRY")]
    journey = a_journey(step=a_step(on_timeout=CALL))
    uow.live = replace(uow.live, catalogue=catalogue_of(offers, [journey]))
    repository = OfferRepository(uow.session, rooms.scope)
    repository.save_offers(offers)
    repository.save_campaigns([journey])
    decide_triggers(uow, rooms, now=now, triggers=[a_trigger(), a_trigger("e2", shopper="bob")])


def _admit(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, role: Role) -> None:
    ConsoleUserRepository(uow.session, rooms.scope).add(ConsoleUser(f"the-{role}", role, now))
    AccessRepository(uow.session, rooms.scope).add_login_link(
        hash_token(f"bl_{role}"), user_name=f"the-{role}", expires_at=now + timedelta(hours=9)
    )


def a_browser(web: WebStore, role: Role) -> TestClient:
    web.context.writer.submit(Priority.APP, _admit, role=role).result()
    browser = web.client()
    browser.headers.update(OWN_PAGE)
    answer = browser.post(f"/login/bl_{role}", data={}, follow_redirects=False)
    assert answer.status_code == 303
    return browser


def begin(web: WebStore) -> None:
    web.context.writer.submit(Priority.APP, _begin).result()


def pass_to(web: WebStore, at: datetime) -> None:
    clock = web.context.rooms.clock
    assert isinstance(clock, SteppedClock)
    clock.advance_to(at)
    while web.context.writer.submit(Priority.APP, run_waits).result():
        pass


def tasks(web: WebStore, **asked: Any) -> list[dict[str, Any]]:
    answer = web.client("ops").get(TASKS, params=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["tasks"])


def a_task(web: WebStore) -> str:
    begin(web)
    pass_to(web, DUE)
    return str(tasks(web)[0]["task_id"])


def test_waits_are_counted_and_listed_under_pseudonyms(web: WebStore) -> None:
    begin(web)
    before = web.client("ops").get(WAITS).json()
    pass_to(web, DUE)

    after = web.client("ops").get(WAITS, params={"state": "fired", "limit": 1}).json()

    assert before["counts"] == {"waiting": 2}
    assert {one["decision_id"] for one in before["waits"]} == {None}
    assert after["counts"] == {"timeout": 2}
    (wait,) = after["waits"]
    assert (wait["state"], wait["ended_by"], wait["zone"]) == ("fired", "timeout", "bakery")
    decision = web.client("ops").get(f"/v1/decisions/{wait['decision_id']}").json()
    assert (decision["trigger_kind"], decision["outcome"]) == ("step", "handed_over")
    assert "ann" not in str(before) + str(after)


def test_waits_of_a_campaign_that_is_not_there_are_not_found(web: WebStore) -> None:
    answer = web.client("ops").get(WAITS)

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_campaign")


def test_a_task_is_taken_and_closed_under_the_name_of_who_did(web: WebStore) -> None:
    task, manager = a_task(web), web.manager()

    taken = manager.post(f"{TASKS}/{task}/claim").json()
    closed = manager.post(f"{TASKS}/{task}/close", json={"result": "helped"}).json()

    assert (taken["state"], taken["claimed_by"]) == ("claimed", "manager")
    assert (closed["state"], closed["result"]) == ("closed", "helped")
    assert tasks(web, state="closed") == [closed]
    assert len(tasks(web, state="open")) == 1
    assert closed["message"] == CALL.message
    assert "ann" not in str(closed)


def test_what_is_taken_or_not_yours_is_a_conflict(web: WebStore) -> None:
    task, ops, manager = a_task(web), web.client("ops"), web.manager()
    untaken = ops.post(f"{TASKS}/{task}/close", json={"result": "helped"})
    ops.post(f"{TASKS}/{task}/claim")

    again = ops.post(f"{TASKS}/{task}/claim")
    second = manager.post(f"{TASKS}/{task}/claim")
    foreign = manager.post(f"{TASKS}/{task}/close", json={"result": "helped"})

    assert again.status_code == 200
    assert (untaken.status_code, untaken.json()["code"]) == (409, "task_not_yours")
    assert (second.status_code, second.json()["code"]) == (409, "task_taken")
    assert (foreign.status_code, foreign.json()["code"]) == (409, "task_not_yours")


def test_when_its_moment_is_over_a_task_is_expired_and_not_taken(web: WebStore) -> None:
    task = a_task(web)
    pass_to(web, DUE + timedelta(hours=1))

    refused = web.client("ops").post(f"{TASKS}/{task}/claim")

    assert (refused.status_code, refused.json()["code"]) == (409, "task_taken")
    assert [one["state"] for one in tasks(web)] == ["expired", "expired"]
    assert tasks(web, state="open") == []


@pytest.mark.parametrize("deed", ["claim", "close"])
def test_a_task_that_is_not_there_is_not_found(web: WebStore, deed: str) -> None:
    answer = web.client("ops").post(f"{TASKS}/nosuchtask/{deed}", json={"result": "helped"})

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_task")


def test_what_cannot_be_is_refused_by_its_place(web: WebStore) -> None:
    ops, task = web.client("ops"), a_task(web)

    answers = [
        ops.post(f"{TASKS}/{task}/close", json={"result": "shrugged"}),
        ops.post(f"{TASKS}/{task}/close", json={}),
        ops.post(f"{TASKS}/{'x' * 41}/claim"),
        ops.get(TASKS, params={"state": "lost"}),
        ops.get(TASKS, params={"limit": 501}),
        ops.get(WAITS, params={"state": "lost"}),
        ops.get(WAITS, params={"limit": 0}),
    ]

    assert [one.status_code for one in answers] == [422] * len(answers)
    assert [one.json()["errors"][0]["where"] for one in answers] == [
        "body.result",
        "body.result",
        "path.task_id",
        "query.state",
        "query.limit",
        "query.state",
        "query.limit",
    ]


CALLS = (
    ("GET", WAITS),
    ("GET", TASKS),
    ("POST", f"{TASKS}/nosuchtask/claim"),
    ("POST", f"{TASKS}/nosuchtask/close"),
)


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_only_the_back_office_reaches_them(web: WebStore, method: str, path: str) -> None:
    begin(web)
    callers = [web.client(), web.client("till"), web.client("backend"), web.client("ops")]
    callers.append(web.client(token=web.token()))

    got = [one.request(method, path, json={"result": "helped"}).status_code for one in callers]

    assert got == [401, 403, 403, 200 if method == "GET" else 404, 403]


@pytest.mark.parametrize(
    ("role", "looks", "works"),
    [
        (Role.MANAGER, 200, 200),
        (Role.ADMIN, 200, 200),
        (Role.MARKETER, 200, 403),
        (Role.ANALYST, 200, 403),
    ],
)
def test_many_may_look_at_tasks_and_some_may_take_one(
    web: WebStore, role: Role, looks: int, works: int
) -> None:
    task, browser = a_task(web), a_browser(web, role)

    looked = [browser.get(path).status_code for path in (WAITS, TASKS)]
    worked = [
        browser.post(f"{TASKS}/{task}/claim").status_code,
        browser.post(f"{TASKS}/{task}/close", json={"result": "not_found"}).status_code,
    ]

    assert (looked, worked) == ([looks] * 2, [works] * 2)


def test_no_other_site_can_take_a_task_in_somebodys_name(web: WebStore) -> None:
    task, manager = a_task(web), web.manager()
    foreign = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}

    refused = manager.post(f"{TASKS}/{task}/claim", headers=foreign)

    assert (refused.status_code, refused.json()["code"]) == (403, "foreign_origin")
    assert {one["state"] for one in tasks(web)} == {"open"}
