"""Real counterparts of the channels, each behind the same few questions, for the contract test."""

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from store_server.first_run import Secrets
from store_server.outbox.channels import Channel
from store_server.outbox.channels.apprise_service import AppriseChannel
from store_server.outbox.channels.email import EmailChannel, Relay
from store_server.outbox.channels.push_crypto import new_key, open_push_crypto
from store_server.outbox.channels.screen import ScreenChannel
from store_server.outbox.channels.staff import StaffChannel
from store_server.outbox.channels.web_push import WebPushChannel
from store_server.outbox.channels.webhook import WebhookChannel
from tests.brokers import HERE, running_broker
from tests.store_server.outbox.browser import Browser
from tests.store_server.outbox.builders import SECRET
from tests.store_server.outbox.mailbox import a_mailbox
from tests.store_server.outbox.peers import a_silent_peer
from tests.store_server.outbox.receiver import Answer, Receiver, a_receiver
from tests.store_server.outbox.screens import a_screen_stand

Says = Literal["yes", "never", "not now"]
TIMEOUT_S = 0.4
# What the tests hand out, and no log may repeat.
NAMES = ("ann-of-acme", "ann@example.org", "34600123456", "rye bread", "ABCDEFG-HJKMNPQ-RSTVWXY")


@dataclass(frozen=True, slots=True)
class Got:
    """What arrived: under which id, with which words."""

    id: str
    words: str


@dataclass
class Counterpart:
    """Whoever takes what one channel sends.

    address: of the claim. says: sets the next answer. got: what arrived so far. hush: has it keep
    silent from now on; calls what it is given as soon as something arrived there.
    """

    channel: Channel
    address: str
    says: Callable[[Says], None]
    got: Callable[[], list[Got]]
    hush: Callable[[Callable[[], object]], AbstractContextManager[str]]
    secrets: tuple[str, ...] = ()
    longest: int = 20_000
    shows_id: bool = True
    hide: tuple[str, ...] = field(default=NAMES)


def now_system_ms() -> int:
    return time.time_ns() // 1_000_000


def to_loopback(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


def _answers(receiver: Receiver, statuses: dict[Says, int]) -> Callable[[Says], None]:
    """The next answer by its meaning; each repeats what it was sent, as careless receivers do."""

    def say(what: Says) -> None:
        told = f"{statuses[what]}: {' '.join(NAMES)}".encode()
        receiver.answers.append(Answer(statuses[what], body=told))

    return say


@contextmanager
def webhook() -> Iterator[Counterpart]:
    """A retailer's backend; 410 is the one no that is for good."""
    with a_receiver() as receiver:
        yield Counterpart(
            channel=WebhookChannel(
                resolve=to_loopback,
                now_system_ms=now_system_ms,
                timeout_s=TIMEOUT_S,
                development=True,
            ),
            address=receiver.url,
            says=_answers(receiver, {"yes": 200, "never": 410, "not now": 503}),
            got=lambda: [
                Got(one.headers["webhook-id"], one.body.decode()) for one in receiver.received
            ],
            hush=lambda heard: a_silent_peer(heard=heard),
            secrets=(SECRET,),
        )


@contextmanager
def staff() -> Iterator[Counterpart]:
    """A chat service that takes {"text": ...}."""
    with a_receiver() as receiver:
        yield Counterpart(
            channel=StaffChannel(
                resolve=to_loopback, now_system_ms=now_system_ms, timeout_s=TIMEOUT_S
            ),
            address=receiver.url,
            says=_answers(receiver, {"yes": 200, "never": 400, "not now": 503}),
            got=lambda: [
                Got(one.headers["webhook-id"], json.loads(one.body)["text"])
                for one in receiver.received
            ],
            hush=lambda heard: a_silent_peer(heard=heard),
        )


@contextmanager
def web() -> Iterator[Counterpart]:
    """A push service on loopback, with a browser behind it that decrypts."""
    with a_receiver() as receiver, tempfile.TemporaryDirectory() as folder:
        private, public = new_key()
        (key_file := Path(folder) / "vapid.pem").write_bytes(private)
        browser = Browser(public)
        service = receiver.url.rpartition("/")[0]

        def got() -> list[Got]:
            said = [browser.read(one, service=service) for one in receiver.received]
            for one, words in zip(receiver.received, said, strict=True):
                assert one.headers["topic"] == words["notification_id"]
                assert 0 < int(one.headers["ttl"]) <= 120
            return [Got(one["notification_id"], f"{one['title']} {one['body']}") for one in said]

        @contextmanager
        def hush(heard: Callable[[], object]) -> Iterator[str]:
            with receiver.hushed(heard) as url:
                yield browser.subscription(url)

        yield Counterpart(
            channel=WebPushChannel(
                open_push_crypto(key_file, contact="mailto:shop@example.org"),
                resolve=to_loopback,
                now_system_ms=now_system_ms,
                timeout_s=TIMEOUT_S,
                development=True,
            ),
            address=browser.subscription(receiver.url),
            says=_answers(receiver, {"yes": 201, "never": 410, "not now": 503}),
            got=got,
            hush=hush,
            longest=4_000,
        )


@contextmanager
def mail() -> Iterator[Counterpart]:
    """A real mail server."""
    with a_mailbox() as mailbox:
        refusals: dict[Says, str] = {
            "yes": "",
            "never": f"550 5.1.1 <{NAMES[1]}>: no such user",
            "not now": f"451 4.3.0 <{NAMES[1]}>: later",
        }

        @contextmanager
        def hush(heard: Callable[[], object]) -> Iterator[str]:
            with mailbox.hushed(heard):
                yield NAMES[1]

        def words(one: EmailMessage) -> str:
            text = one.get_body(("plain",))
            assert text is not None
            # The link to unsubscribe is sealed anew at each try.
            return f"{one['subject']} {text.get_content().partition('/v1/unsubscribe/')[0]}"

        yield Counterpart(
            channel=EmailChannel(
                Relay("127.0.0.1", mailbox.port, "none", "offers@shop.example", "The shop"),
                resolve=to_loopback,
                now_system_ms=now_system_ms,
                timeout_s=TIMEOUT_S,
            ),
            address=NAMES[1],
            says=lambda what: mailbox.refusals.append(refusals[what]),
            got=lambda: [
                Got(str(one["message-id"]).strip("<>").partition("@")[0], words(one))
                for one in mailbox.mails
            ],
            hush=hush,
            longest=60_000,
        )


@contextmanager
def sms() -> Iterator[Counterpart]:
    """A service that apprise speaks to; it shows no id to anybody."""
    with a_receiver() as receiver:
        host = receiver.url.removeprefix("http://")
        yield Counterpart(
            channel=AppriseChannel(
                [f"json://{host}?:to={{to}}"], now_system_ms=now_system_ms, timeout_s=TIMEOUT_S
            ),
            address=f"+{NAMES[2]}",
            says=_answers(receiver, {"yes": 200, "never": 400, "not now": 503}),
            got=lambda: [
                Got("notification-1", json.loads(one.body)["message"]) for one in receiver.received
            ],
            hush=receiver.hushed,
            longest=1_000,
            shows_id=False,
        )


@contextmanager
def kiosk() -> Iterator[Counterpart]:
    """A screen at a real broker: it hears its own topic, with an account of its own."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        Secrets(Path(folder) / "state").broker_user("screen.bakery-1", scope=HERE)
        broker = stack.enter_context(running_broker("embedded", Path(folder), gateways=[]))
        stand = stack.enter_context(a_screen_stand(broker))

        def say(what: Says) -> None:
            there.address = "No Such Screen" if what == "never" else "bakery-1"
            stand.is_away = what == "not now"

        @contextmanager
        def hush(heard: Callable[[], object]) -> Iterator[str]:
            stand.wire.heard = heard
            yield "bakery-1"

        there = Counterpart(
            channel=ScreenChannel(stand.publish, now_system_ms=now_system_ms, timeout_s=TIMEOUT_S),
            address="bakery-1",
            says=say,
            got=lambda: [Got(one.notification, one.title) for one in stand.shown()],
            hush=hush,
            longest=200,
        )
        yield there


COUNTERPARTS: dict[str, Callable[[], AbstractContextManager[Counterpart]]] = {
    "webhook": webhook,
    "staff": staff,
    "web": web,
    "email": mail,
    "sms": sms,
    "kiosk": kiosk,
}
