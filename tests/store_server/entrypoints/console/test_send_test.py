"""A campaign's message sent to oneself: by real adapters, marked, and nothing else knows of it."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from store_server.database import Database
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.deliveries import open_webhook_channel, resolve, system_ms
from store_server.ids import ShopperId
from store_server.outbox.channel_setup import ChannelSetup
from store_server.outbox.channels.email import EmailChannel, Relay
from store_server.outbox.channels.routing import RoutedChannels
from store_server.outbox.flights import Flight
from store_server.outbox.lane import LaneLimits
from tests.store_server.entrypoints.web_builders import WebStore, a_web_store
from tests.store_server.outbox.mailbox import Mailbox, a_mailbox
from tests.store_server.outbox.receiver import Answer, Receiver, a_receiver

AT = "/campaigns/at/bakery"
ONE_AT_ONCE = LaneLimits(1, 1.0)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with a_mailbox() as found:
        yield found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as found:
        yield found


def with_channels(web: WebStore, mailbox: Mailbox) -> WebStore:
    """The store with its real adapters."""
    relay = Relay("127.0.0.1", mailbox.port, "none", "shop@acme.example")
    email = EmailChannel(relay, resolve=resolve, now_system_ms=system_ms, timeout_s=10)
    channels = RoutedChannels(
        open_webhook_channel(timeout_s=10, development=True), {"email": email}
    )
    web.context.rooms.channels = ChannelSetup(limits={"email": ONE_AT_ONCE})
    context = replace(
        web.context, send_claim=lambda claim: channels.send(claim, Flight(ShopperId("")))
    )
    web.app.state.context = context
    return replace(web, context=context)


@pytest.fixture
def web(database: Database, mailbox: Mailbox) -> Iterator[WebStore]:
    with a_web_store(database) as store:
        yield with_channels(store, mailbox)


def the_numbers(context: ServerContext) -> object:
    return (context.rooms.live.counters, context.rooms.live.catalogue)


def sent(browser: TestClient, **form: str) -> str:
    answer = browser.post(f"{AT}/test", data={"language": "en", **form})
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def test_a_mail_comes_with_its_words_and_the_mark_and_without_a_coupon(
    web: WebStore, mailbox: Mailbox
) -> None:
    before = the_numbers(web.context)

    page = sent(web.manager(), way="email", address="me@acme.example")

    (mail,) = mailbox.mails
    assert mail["To"] == "me@acme.example"
    assert mail["Subject"] == "[TEST] rye bread"
    assert "0.50 EUR off in Bakery" in mail.as_string()
    assert "Your code" not in mail.as_string()
    assert "It was taken" in page
    assert the_numbers(web.context) == before


def test_a_webhook_comes_signed_and_names_no_shopper(web: WebStore, receiver: Receiver) -> None:
    browser = web.manager()
    browser.post("/settings/webhooks", data={"url": receiver.url, "description": "The app"})
    way = web.client("backend").get("/v1/webhook-endpoints").json()["endpoints"][0]["endpoint_id"]

    page = sent(browser, way=way)

    (one,) = receiver.received
    body = json.loads(one.body)
    assert body["type"] == "offer.test"
    assert body["data"]["title"] == "[TEST] rye bread"
    assert "shopper_id" not in body["data"]
    assert one.headers["webhook-id"] == body["data"]["notification_id"]
    assert "webhook-signature" in one.headers
    assert "The app" in page


def test_a_receiver_that_says_no_is_told_as_it_said_it(web: WebStore, receiver: Receiver) -> None:
    browser = web.manager()
    browser.post("/settings/webhooks", data={"url": receiver.url})
    way = web.client("backend").get("/v1/webhook-endpoints").json()["endpoints"][0]["endpoint_id"]
    receiver.answers = [Answer(503, body=b"not today")]

    page = sent(browser, way=way)

    assert "It was not taken" in page
    assert "503" in page


def test_it_is_written_down_without_the_address(web: WebStore) -> None:
    browser = web.manager()
    sent(browser, way="email", address="me@acme.example")

    audit = browser.get("/activity/audit").text

    assert "Sent a test of a campaign" in audit
    assert "me@acme.example" not in audit


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        ({"way": "email", "address": "me"}, 422, "This is no address"),
        ({"way": "sms", "address": "+34600000000"}, 404, "not set up"),
        ({"way": "nowhere"}, 404, "no such receiver"),
        ({"way": "email", "address": "me@acme.example", "language": "ru"}, 422, "this language"),
    ],
)
def test_what_cannot_be_sent_is_told_and_the_form_keeps_its_words(
    web: WebStore, form: dict[str, str], status: int, told: str, mailbox: Mailbox
) -> None:
    answer = web.manager().post(f"{AT}/test", data={"language": "en", **form})

    assert answer.status_code == status
    assert told in answer.text
    assert form.get("address", "") in answer.text
    assert mailbox.mails == []


def test_a_server_that_sends_nothing_says_so(web: WebStore) -> None:
    web.app.state.context = replace(web.context, send_claim=None)

    answer = web.manager().post(f"{AT}/test", data={"way": "email"})

    assert answer.status_code == 409
    assert "sends nothing" in answer.text
