"""The webhook adapter against a receiver on loopback."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from store_server.outbox.attempt import BODY_KEPT, AttemptOutcome, Verdict
from store_server.outbox.channels.webhook import WebhookChannel
from store_server.outbox.signature import verify
from tests.store_server.outbox.builders import SECRET, a_claim
from tests.store_server.outbox.receiver import Answer, Receiver, a_receiver

AT_MS = 1_772_625_600_000


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as listening:
        yield listening


def send(
    url: str, *, development: bool = True, addresses: tuple[str, ...] = ("127.0.0.1",)
) -> AttemptOutcome:
    with httpx.Client(timeout=5, trust_env=False) as client:
        channel = WebhookChannel(
            client,
            resolve=lambda _host, _port: list(addresses),
            now_system_ms=lambda: AT_MS,
            development=development,
        )
        return channel.send(a_claim(url=url))


def test_a_2xx_is_a_yes(receiver: Receiver) -> None:
    receiver.answers = [Answer(202)]

    outcome = send(receiver.url)

    assert (outcome.verdict, outcome.status, outcome.body) == (Verdict.TAKEN, 202, "thanks")


def test_the_receiver_can_verify_what_it_got(receiver: Receiver) -> None:
    send(receiver.url)

    (got,) = receiver.received
    now = datetime.fromtimestamp(AT_MS / 1000, UTC)
    assert verify(got.body, got.headers, secrets=[SECRET], now=now)
    assert got.headers["webhook-id"] == "notification-1"
    assert got.body == a_claim().body.encode()


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
def test_anything_else_is_tried_again(receiver: Receiver, status: int) -> None:
    receiver.answers = [Answer(status, {"location": receiver.url})]

    outcome = send(receiver.url)

    assert (outcome.verdict, outcome.status) == (Verdict.TRY_AGAIN, status)
    assert len(receiver.received) == 1


def test_a_410_means_never_again(receiver: Receiver) -> None:
    receiver.answers = [Answer(410)]

    assert send(receiver.url).verdict is Verdict.ENDPOINT_GONE


def test_retry_after_is_passed_on(receiver: Receiver) -> None:
    receiver.answers = [Answer(503, {"retry-after": "7"})]

    assert send(receiver.url).retry_after_s == 7.0


def test_only_the_start_of_the_answer_is_kept_and_made_printable(receiver: Receiver) -> None:
    receiver.answers = [Answer(500, body=b"no\x00\x1b[31m\xff" + b"x" * 1_000_000)]

    body = send(receiver.url).body

    assert len(body) <= BODY_KEPT
    assert body.isprintable()


def test_an_answer_that_drips_is_not_waited_for() -> None:
    clock = iter(range(AT_MS, AT_MS + 10**9, 2_000))
    dripping = httpx.MockTransport(
        lambda _request: httpx.Response(200, content=(b"x" for _ in range(10**9)))
    )
    channel = WebhookChannel(
        httpx.Client(transport=dripping),
        resolve=lambda _host, _port: ["93.184.215.14"],
        now_system_ms=lambda: next(clock),
        development=False,
    )

    outcome = channel.send(a_claim())

    assert outcome.verdict is Verdict.TAKEN
    assert 0 < len(outcome.body) < 10


def test_nobody_listening_is_an_outcome() -> None:
    with a_receiver() as gone:
        url = gone.url

    outcome = send(url)

    assert (outcome.verdict, outcome.status) == (Verdict.TRY_AGAIN, None)
    assert outcome.error is not None
    assert "ConnectError" in outcome.error


def test_http_is_refused_outside_development(receiver: Receiver) -> None:
    outcome = send(receiver.url, development=False)

    assert outcome.error is not None
    assert "https" in outcome.error
    assert receiver.received == []


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1"])
def test_a_name_that_leads_inside_is_not_spoken_to(address: str) -> None:
    outcome = send("https://app.example/", development=False, addresses=("1.1.1.1", address))

    assert outcome.error == "Refused: app.example leads to a private or special address"


def test_the_checked_address_is_the_one_that_is_spoken_to() -> None:
    asked: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=iter([b"ok"]))

    channel = WebhookChannel(
        httpx.Client(transport=httpx.MockTransport(take)),
        resolve=lambda _host, _port: ["93.184.215.14"],
        now_system_ms=lambda: AT_MS,
        development=False,
    )
    channel.send(a_claim(url="https://app.example:8443/hooks"))

    (request,) = asked
    assert request.url == "https://93.184.215.14:8443/hooks"
    assert request.headers["host"] == "app.example:8443"
    assert request.extensions["sni_hostname"] == "app.example"
