"""One shopper's page: only with the right and a reason, for an hour; export, erase, stop."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from store_server.database import Database
from tests.store_server.entrypoints.web_builders import WebStore, a_web_store

REASON = "asks at the till why she got no coupon"
ASKED = {"request_id": "q", "placement": "app", "zone": "bakery"}


@pytest.fixture
def web(sqlite_database: Database) -> Iterator[WebStore]:
    with a_web_store(sqlite_database) as store:
        yield store


def a_look(browser: TestClient, shopper: str = "ann") -> str:
    browser.follow_redirects = False
    answer = browser.post("/shoppers/looks", data={"shopper": shopper, "reason": REASON})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_the_list_names_nobody(web: WebStore) -> None:
    web.place("ann", 5, 5)

    page = web.manager().get("/shoppers").text

    assert "Entrance" in page
    assert not re.search(r"\bann\b", page)


def test_a_look_needs_a_reason_and_both_are_in_the_audit_log(web: WebStore) -> None:
    browser = web.manager()

    without = browser.post("/shoppers/looks", data={"shopper": "ann", "reason": "hm"})
    page = browser.get(a_look(browser)).text

    assert without.status_code == 422
    assert re.search(r">ann<", page)
    log = browser.get("/activity/audit").text
    assert log.count("Looked at a shopper") == 1
    assert REASON in log
    assert not re.search(r"\bann\b", log)


def test_an_unknown_shopper_is_refused_and_nothing_is_noted(web: WebStore) -> None:
    browser = web.manager()

    answer = browser.post("/shoppers/looks", data={"shopper": "nobody", "reason": REASON})

    assert answer.status_code == 404
    assert "Looked at" not in browser.get("/activity/audit").text


def test_a_look_is_over_after_an_hour_and_is_nobody_elses(web: WebStore) -> None:
    browser = web.manager()
    look = a_look(browser)
    page = browser.post(
        "/settings/people/invitations", data={"name": "eva", "role": "manager"}
    ).text
    eva = web.client()
    eva.headers.update(browser.headers)
    eva.post(re.findall(r"(/login/bl_[\w-]+)", page)[0])

    others = eva.get(look).status_code
    web.later(timedelta(minutes=61))

    assert (others, browser.get(look).status_code) == (404, 404)


def test_the_shopper_reads_in_the_download_who_looked_and_why(web: WebStore) -> None:
    browser = web.manager()
    look = a_look(browser)

    told = browser.post(f"{look}/export").json()

    assert {one["what"] for one in told["looked_at"]} == {"shopper_looked_at", "shopper_exported"}
    assert {one["reason"] for one in told["looked_at"]} == {REASON}


def test_marketing_stops_and_the_page_says_so(web: WebStore) -> None:
    browser = web.manager()
    look = a_look(browser)

    browser.post(f"{look}/no-marketing")

    page = browser.get(look).text
    assert re.search(r"offers</td><td[^>]*><span class=\"badge\" data-kind=\"bad\">No<", page)
    answer = web.client(token=web.token()).post("/v1/app/decisions", json=ASKED).json()
    assert "offer" not in answer or not answer["offer"]


def test_an_erased_shopper_leaves_no_name_in_the_log(web: WebStore) -> None:
    browser = web.manager()
    look = a_look(browser)

    browser.post(f"{look}/erasure")

    assert browser.get(look).status_code == 404
    log = browser.get("/activity/audit").text
    assert "Erased a shopper" in log
    assert REASON not in log


def test_a_clerk_reads_why_somebody_got_this(web: WebStore) -> None:
    token = web.token()
    answer = web.client(token=token).post("/v1/app/decisions", json=ASKED).json()
    code = answer["offer"]["coupon_code"]
    browser = web.manager()

    page = browser.get("/shoppers/why", params={"code": code}).text

    assert "it is expected to bring the most" in page
    assert browser.get("/shoppers/why", params={"code": "AAAA"}).status_code == 404
