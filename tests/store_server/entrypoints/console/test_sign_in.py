"""Getting into the console: a link works once, a password later, a session ends on the server."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from store_server.entrypoints.failure_count import FailureCount
from store_server.errors import TooMany
from tests.store_server.entrypoints.web_builders import LOGIN_LINK, OWN_PAGE, WebStore

LINK = f"/login/{LOGIN_LINK}"
PASSWORD = "a long enough password"


def a_browser(web: WebStore) -> TestClient:
    browser = web.client()
    browser.headers.update(OWN_PAGE)
    browser.follow_redirects = False
    return browser


def test_the_console_asks_for_a_login(web: WebStore) -> None:
    answer = a_browser(web).get("/")

    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


def test_looking_at_a_link_does_not_use_it_up(web: WebStore) -> None:
    browser = a_browser(web)

    looks = [browser.get(LINK).status_code for _ in range(3)]

    assert looks == [200, 200, 200]
    assert browser.post(LINK, data={}).status_code == 303


def test_a_link_works_once(web: WebStore) -> None:
    a_browser(web).post(LINK, data={})

    answer = a_browser(web).post(LINK, data={})

    assert answer.status_code == 401
    assert "login-link" in answer.text


def test_a_link_is_over_after_a_day(web: WebStore) -> None:
    web.later(timedelta(hours=25))

    assert a_browser(web).post(LINK, data={}).status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(web: WebStore) -> None:
    answer = a_browser(web).post(LINK, data={})

    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie


def test_a_form_of_another_site_logs_nobody_in(web: WebStore) -> None:
    browser = web.client()

    for headers in (
        {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {},
    ):
        assert browser.post(LINK, data={}, headers=headers).status_code == 403

    assert a_browser(web).post(LINK, data={}).status_code == 303


def test_a_short_password_is_refused_and_the_link_still_works(web: WebStore) -> None:
    browser = a_browser(web)

    answer = browser.post(LINK, data={"password": "short"})

    assert answer.status_code == 422
    assert browser.post(LINK, data={}).status_code == 303


def test_the_password_that_was_chosen_opens_the_console_later(web: WebStore) -> None:
    a_browser(web).post(LINK, data={"password": PASSWORD})
    later = a_browser(web)

    wrong = later.post("/login", data={"user": "manager", "password": "something else"})
    right = later.post("/login", data={"user": "manager", "password": PASSWORD})

    assert (wrong.status_code, right.status_code) == (401, 303)
    assert later.get("/").status_code == 200


@pytest.mark.parametrize("user", ["manager", "nobody"])
def test_without_a_password_nobody_gets_in_by_one(web: WebStore, user: str) -> None:
    answer = a_browser(web).post("/login", data={"user": user, "password": ""})

    assert answer.status_code == 401


def test_guessing_is_slowed_down(web: WebStore) -> None:
    browser = a_browser(web)

    codes = [browser.post(f"/login/bl_{number}", data={}).status_code for number in range(12)]

    assert codes == [401] * 10 + [429] * 2


def test_many_guesses_at_once_get_no_further_than_one_after_another() -> None:
    failures = FailureCount()

    for second in range(10):
        failures.begin(100.0 + second)

    with pytest.raises(TooMany):
        failures.begin(110.0)
    failures.succeed(105.0)
    failures.begin(111.0)


def test_who_gets_in_is_not_counted_as_a_failure(web: WebStore) -> None:
    a_browser(web).post(LINK, data={"password": PASSWORD})
    browser, form = a_browser(web), {"user": "manager", "password": PASSWORD}

    codes = {browser.post("/login", data=form).status_code for _ in range(11)}

    assert codes == {303}


def test_logging_out_ends_the_session_on_the_server(web: WebStore) -> None:
    browser = web.manager()
    browser.follow_redirects = False
    stolen = dict(browser.cookies)

    browser.post("/logout")

    thief = a_browser(web)
    thief.cookies.update(stolen)
    assert thief.get("/").status_code == 303


def test_a_session_is_over_after_half_a_day(web: WebStore) -> None:
    browser = web.manager()
    browser.follow_redirects = False
    assert browser.get("/").status_code == 200

    web.later(timedelta(hours=13))

    assert browser.get("/").status_code == 303
