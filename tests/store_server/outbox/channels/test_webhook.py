"""The webhook adapter against a receiver on loopback."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from store_server.outbox.answer_text import BODY_KEPT
from store_server.outbox.attempt import AttemptOutcome, Verdict
from store_server.outbox.channels.webhook import WebhookChannel
from store_server.outbox.flights import Flight
from store_server.outbox.signature import verify
from tests.store_server.outbox.builders import ANN, SECRET, a_claim
from tests.store_server.outbox.peers import a_silent_peer, a_tls_receiver
from tests.store_server.outbox.receiver import Answer, Receiver, a_receiver

AT_MS = 1_772_625_600_000


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as listening:
        yield listening


def send(
    url: str,
    *,
    development: bool = True,
    addresses: tuple[str, ...] = ("127.0.0.1",),
    timeout_s: float = 5,
    flight: Flight | None = None,
    body: str = "{}",
    ssl_context: ssl.SSLContext | None = None,
) -> AttemptOutcome:
    channel = WebhookChannel(
        resolve=lambda _host, _port: list(addresses),
        now_system_ms=lambda: AT_MS,
        timeout_s=timeout_s,
        development=development,
        ssl_context=ssl_context,
    )
    try:
        return channel.send(a_claim(address=url, body=body), flight or Flight(ANN))
    finally:
        channel.close()


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
    assert got.body == b"{}"


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


def test_an_answer_that_drips_is_cut_off_and_its_status_counts() -> None:
    with a_silent_peer(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nthan") as url:
        outcome = send(url, timeout_s=0.3)

    assert (outcome.verdict, outcome.status, outcome.body) == (Verdict.TAKEN, 200, "than")


def test_a_receiver_that_says_nothing_has_its_time() -> None:
    with a_silent_peer() as url:
        outcome = send(url, timeout_s=0.3)

    assert (outcome.verdict, outcome.error) == (
        Verdict.TRY_AGAIN,
        "TimeUsedUp: no answer in time",
    )


def test_a_recalled_flight_posts_nothing(receiver: Receiver) -> None:
    flight = Flight(ANN)
    flight.recall()

    outcome = send(receiver.url, flight=flight)

    assert outcome.verdict is Verdict.RECALLED
    assert receiver.received == []


def test_a_recall_hangs_up_on_a_receiver_that_keeps_us_waiting() -> None:
    flight = Flight(ANN)
    with a_silent_peer(heard=flight.recall) as url:
        outcome = send(url, timeout_s=60, flight=flight)

    assert outcome.verdict is Verdict.RECALLED


def test_a_body_above_20_kb_is_not_posted(receiver: Receiver) -> None:
    outcome = send(receiver.url, body="x" * 20_001)

    assert outcome.error == "Unsendable: the body has 20001 bytes; at most 20000 are posted"
    assert receiver.received == []


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


def test_the_certificate_is_checked_against_the_name_and_not_the_address() -> None:
    with a_tls_receiver("app.example") as (port, trust):
        right = send(f"https://app.example:{port}/hooks", ssl_context=trust)
        wrong = send(f"https://other.example:{port}/hooks", ssl_context=trust)

    assert (right.error, right.status) == (None, 200)
    assert "not valid for 'other.example'" in str(wrong.error)


def test_a_certificate_of_nobody_we_trust_is_refused() -> None:
    with a_tls_receiver("app.example") as (port, _trust):
        outcome = send(f"https://app.example:{port}/hooks")

    assert "certificate verify failed" in str(outcome.error)
