"""Real counterparts of the channels, each behind the same few questions, for the contract test."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Literal

from store_server.outbox.channels import Channel
from store_server.outbox.channels.staff import StaffChannel
from store_server.outbox.channels.webhook import WebhookChannel
from tests.store_server.outbox.builders import SECRET
from tests.store_server.outbox.peers import a_silent_peer
from tests.store_server.outbox.receiver import Answer, Receiver, a_receiver

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


COUNTERPARTS: dict[str, Callable[[], AbstractContextManager[Counterpart]]] = {
    "webhook": webhook,
    "staff": staff,
}
