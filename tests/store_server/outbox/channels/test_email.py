"""E-mail: what a mail server's refusal says about the mailbox, and what it does not."""

import json

import pytest

from store_server.outbox.attempt import AttemptOutcome, Verdict
from store_server.outbox.channels.email import EmailChannel, Relay
from store_server.outbox.channels.guarded_network import Resolve
from store_server.outbox.flights import Flight
from tests.store_server.outbox.builders import ANN, NOON, a_claim, minutes
from tests.store_server.outbox.counterparts import TIMEOUT_S, now_system_ms, to_loopback
from tests.store_server.outbox.mailbox import Mailbox, a_mailbox

BODY = json.dumps(
    {
        "data": {
            "org": "acme",
            "store": "demo",
            "title": "rye bread",
            "body": "half price",
            "expires_at": (NOON + minutes(2)).isoformat(),
        }
    }
)


def sent(mailbox: Mailbox, *, resolve: Resolve = to_loopback) -> AttemptOutcome:
    relay = Relay("127.0.0.1", mailbox.port, "none", "offers@shop.example", "The shop")
    channel = EmailChannel(relay, resolve=resolve, now_system_ms=now_system_ms, timeout_s=TIMEOUT_S)
    outcome = channel.send(a_claim(address="ann@example.org", body=BODY), Flight(ANN))
    channel.close()
    return outcome


@pytest.mark.parametrize(
    "said",
    [
        "550 5.1.1 no such user",  # RFC 3463: bad destination mailbox
        "550 5.1.2 no such host",
        "553 5.1.3 odd address",
        "551 5.1.6 moved away",
        "556 5.1.10 takes no mail at all",  # RFC 7505: null MX
    ],
)
def test_a_refusal_that_says_nobody_lives_there_is_the_end_of_the_contact(said: str) -> None:
    with a_mailbox() as mailbox:
        mailbox.refusals.append(said)

        assert sent(mailbox).verdict is Verdict.CONTACT_GONE


@pytest.mark.parametrize(
    "said",
    [
        "550 relaying denied",
        "553 sorry, that domain is not in my list of allowed rcpthosts",
        "550 5.1.0 sender rejected",
        "550 5.1.4 ambiguous address",
        "553 5.1.7 bad address of the sender",
        "550 5.1.8 bad domain of the sender",
        "550 5.7.1 relaying denied",
        "552 5.2.2 mailbox full",
    ],
)
def test_a_refusal_for_our_own_fault_leaves_the_contact_as_it_is(said: str) -> None:
    with a_mailbox() as mailbox:
        mailbox.refusals.append(said)

        assert sent(mailbox).verdict is Verdict.REFUSED


def test_a_relay_that_is_away_at_one_address_is_asked_at_the_next() -> None:
    with a_mailbox() as mailbox:
        outcome = sent(mailbox, resolve=lambda _host, _port: ["127.0.0.2", "127.0.0.1"])

    assert outcome.verdict is Verdict.TAKEN
