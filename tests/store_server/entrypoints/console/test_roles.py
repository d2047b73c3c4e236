"""Who may open what: every address of the application, tried as every role."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from store_server.database import Database, UnitOfWork
from store_server.entrypoints.console.routers import CONSOLE_ROUTERS
from store_server.entrypoints.console.visit import visit_of
from store_server.entrypoints.http_app import ROUTERS
from store_server.entrypoints.http_auth import _ops_or_manager
from store_server.entrypoints.route_rights import right_for
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.access import hash_token
from store_server.shop.console_user import ConsoleUser
from store_server.shop.repository import AccessRepository, ConsoleUserRepository
from store_server.shop.roles import RIGHTS_OF, Role
from store_server.writer import Priority
from tests.store_server.entrypoints.web_builders import OWN_PAGE, WebStore, a_web_store
from tests.store_server.offers.builders import NOON


def people(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: object) -> None:
    del now
    for role in Role:
        ConsoleUserRepository(uow.session, rooms.scope).add(ConsoleUser(f"the-{role}", role, NOON))
        AccessRepository(uow.session, rooms.scope).add_login_link(
            hash_token(f"bl_{role}"), user_name=f"the-{role}", expires_at=NOON + timedelta(hours=1)
        )


def a_browser(web: WebStore, role: Role) -> TestClient:
    browser = web.client()
    browser.headers.update(OWN_PAGE)
    browser.follow_redirects = False
    assert browser.post(f"/login/bl_{role}", data={}).status_code == 303
    return browser


def guarded() -> Iterator[tuple[str, APIRoute]]:
    """Every route that a session may reach: the console's pages and the API's back office."""
    asks = {visit_of, _ops_or_manager}
    for route in (one for router in (*ROUTERS, *CONSOLE_ROUTERS) for one in router.routes):
        if isinstance(route, APIRoute):
            calls = {one.call for one in route.dependant.dependencies}
            if calls & asks or route.path == "/plan/{name}":
                yield from ((method, route) for method in sorted(route.methods or ()))


@pytest.fixture
def web(sqlite_database: Database) -> Iterator[WebStore]:
    with a_web_store(sqlite_database) as store:
        store.context.writer.submit(Priority.APP, people).result()
        yield store


@pytest.mark.parametrize("role", Role)
def test_a_role_reaches_what_its_rights_allow_and_nothing_else(web: WebStore, role: Role) -> None:
    browser = a_browser(web, role)
    wrong = []
    for method, route in guarded():
        allowed = right_for(method, route.path) in RIGHTS_OF[role]
        path = re.sub(r"\{\w+\}", "nobody", route.path)
        status = browser.request(method, path).status_code
        if (status == 403) is allowed or status >= 500:
            wrong.append((method, route.path, status))

    assert wrong == []


def test_there_are_many_addresses_and_no_role_but_admin_has_them_all() -> None:
    needed = {(method, route.path): right_for(method, route.path) for method, route in guarded()}
    reach = {role: sum(right in RIGHTS_OF[role] for right in needed.values()) for role in Role}

    assert len(needed) > 40
    assert reach[Role.ADMIN] == len(needed)
    assert reach[Role.ANALYST] < reach[Role.MARKETER] < reach[Role.MANAGER] < reach[Role.ADMIN]


def test_a_form_of_every_page_must_come_from_our_own_page(web: WebStore) -> None:
    browser = a_browser(web, Role.ADMIN)
    foreign = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    posts = [route.path for method, route in guarded() if method not in ("GET", "HEAD")]

    codes = {
        path: browser.post(re.sub(r"\{\w+\}", "nobody", path), headers=foreign).status_code
        for path in posts
        if not path.startswith("/v1/")
    }

    assert len(codes) > 8
    assert set(codes.values()) == {403}


def test_a_role_that_is_taken_away_counts_at_once(web: WebStore) -> None:
    analyst, admin = a_browser(web, Role.ANALYST), a_browser(web, Role.ADMIN)
    before = analyst.get("/settings/people").status_code

    admin.post("/settings/people/changes", data={"name": "the-analyst", "role": "admin"})
    between = analyst.get("/settings/people").status_code
    admin.post(
        "/settings/people/changes",
        data={"name": "the-analyst", "role": "admin", "may_come_in": "no"},
    )

    assert (before, between) == (403, 200)
    assert analyst.get("/settings/people").status_code == 303


def test_the_last_admin_stays(web: WebStore) -> None:
    admin = a_browser(web, Role.ADMIN)
    admin.post("/settings/people/changes", data={"name": "manager", "role": "analyst"})

    answer = admin.post("/settings/people/changes", data={"name": "the-admin", "role": "analyst"})

    assert answer.status_code == 409
    assert "Somebody has to stay admin" in answer.text
