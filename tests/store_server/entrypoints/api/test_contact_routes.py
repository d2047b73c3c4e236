"""Contacts over HTTP, by backend and app; and one click that withdraws."""

import pytest

from store_server.flows.unsubscribe import unsubscribe_url
from store_server.ids import ShopperId
from store_server.shoppers.contact import ContactChannel
from tests.store_server.entrypoints.web_builders import WebStore
from tests.store_server.flows.contact_builders import ALL_CHANNELS, SUBSCRIPTION

YES = {"granted": True, "source": "app", "text_version": "1"}
NO = {**YES, "granted": False}
EMAIL = "/v1/shoppers/ann/contacts/email"
ADDRESS = "ann.secret@shop.example"


def test_a_contact_is_told_and_shown_without_its_address(web: WebStore) -> None:
    backend = web.client("backend")

    told = backend.put(EMAIL, json={"address": ADDRESS})
    said = backend.put(f"{EMAIL}/consent", json=YES)
    listed = backend.get("/v1/shoppers/ann/contacts")

    assert (told.status_code, told.json()["agreed"], said.status_code) == (200, False, 200)
    (one,) = listed.json()["contacts"]
    assert one["hint"] == "a***@shop.example"
    assert (one["state"], one["agreed"]) == ("usable", True)
    assert ADDRESS not in told.text + said.text + listed.text


def test_a_contact_can_be_taken_away(web: WebStore) -> None:
    backend = web.client("backend")
    backend.put("/v1/shoppers/ann/contacts/sms", json={"address": "+34 600 123 456"})

    first = backend.delete("/v1/shoppers/ann/contacts/sms")
    again = backend.delete("/v1/shoppers/ann/contacts/sms")

    assert (first.status_code, again.status_code) == (204, 404)


@pytest.mark.parametrize(
    ("channel", "body"),
    [
        ("email", {"address": "no address"}),
        ("email", {}),
        ("sms", {"address": "600"}),
        ("web", {"address": "https://push.example/"}),
        ("web", {"subscription": {"endpoint": "https://push.example/", "keys": {"auth": "AA"}}}),
    ],
)
def test_what_is_no_contact_is_refused(
    web: WebStore, channel: str, body: dict[str, object]
) -> None:
    answer = web.client("backend").put(f"/v1/shoppers/ann/contacts/{channel}", json=body)

    assert answer.status_code == 422


def test_a_browser_subscribes_with_the_key_it_is_given(web: WebStore) -> None:
    web.context.rooms.channels = ALL_CHANNELS
    app = web.client(token=web.token())

    key = app.get("/v1/app/push-key").json()["application_server_key"]
    body = f'{{"subscription": {SUBSCRIPTION}}}'
    told = app.put(
        "/v1/app/contacts/web", content=body, headers={"content-type": "application/json"}
    )
    app.put("/v1/app/contacts/web/consent", json=YES)

    assert key == "key"
    assert told.json()["hint"] == "push.example"
    assert [one["agreed"] for one in app.get("/v1/app/contacts").json()["contacts"]] == [True]
    assert app.delete("/v1/app/contacts/web").status_code == 204


def agreed(web: WebStore) -> list[bool]:
    listed = web.client("backend").get("/v1/shoppers/ann/contacts").json()["contacts"]
    return [one["agreed"] for one in listed]


def the_link(web: WebStore) -> str:
    web.context.rooms.channels = ALL_CHANNELS
    url = unsubscribe_url(web.context.rooms, ShopperId("ann"), ContactChannel.EMAIL)
    return url.removeprefix("https://store.example")


def test_one_click_withdraws_at_once_without_a_login(web: WebStore) -> None:
    backend = web.client("backend")
    backend.put(EMAIL, json={"address": ADDRESS})
    backend.put(f"{EMAIL}/consent", json=YES)
    link = the_link(web)
    anybody = web.client(None)

    page = anybody.get(link)
    still = agreed(web)
    done = anybody.post(link, data={"List-Unsubscribe": "One-Click"})
    again = anybody.post(link, data={"List-Unsubscribe": "One-Click"})

    assert (page.status_code, still) == (200, [True])
    assert "<form" in page.text
    assert (done.status_code, again.status_code, agreed(web)) == (200, 200, [False])
    assert "<form" not in done.text
    assert "set-cookie" not in done.headers
    assert ADDRESS not in page.text + done.text


def test_a_forged_or_altered_link_does_nothing(web: WebStore) -> None:
    backend = web.client("backend")
    backend.put(EMAIL, json={"address": ADDRESS})
    backend.put(f"{EMAIL}/consent", json=YES)
    link = the_link(web)
    anybody = web.client(None)
    altered = link[:-3] + ("AAA" if not link.endswith("AAA") else "BBB")

    answers = [anybody.post(one) for one in (altered, "/v1/unsubscribe/x", link + "A" * 500)]

    assert [one.status_code for one in answers] == [404, 404, 404]
    assert agreed(web) == [True]


def test_the_link_of_whoever_was_erased_is_over(web: WebStore) -> None:
    backend = web.client("backend")
    backend.put(EMAIL, json={"address": ADDRESS})
    link = the_link(web)
    backend.delete("/v1/shoppers/ann")

    assert web.client(None).post(link).status_code == 404
