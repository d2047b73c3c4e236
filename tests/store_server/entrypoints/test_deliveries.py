"""The delivery threads with the real writer: sent once, retried, spread, stopped."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from store_server.database import Database, read_only, unit_of_work
from store_server.entrypoints.deliveries import Deliveries, open_webhook_channel, resolve
from store_server.flows.record_consent import record_consent
from store_server.flows.register_endpoint import EndpointRegistered, register_endpoint
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_deliveries import show_deliveries
from store_server.outbox.attempt import AttemptOutcome, Claim, Verdict
from store_server.outbox.channels import Channel
from store_server.outbox.flights import Flight
from store_server.outbox.lane import DEFAULT_LIMITS, FAILURES_TO_OPEN
from store_server.outbox.repository import OutboxRepository
from store_server.shoppers.consent import Purpose
from store_server.shoppers.contact import ContactChannel
from store_server.writer import Priority, Reader, Writer
from tests.store_server.flows.contact_builders import (
    SUBSCRIPTION,
    a_reachable_shop,
    queue,
    say_of,
    tell,
)
from tests.store_server.outbox.builders import (
    ANN,
    BOB,
    NOON,
    a_notification,
    an_outcome,
    minutes,
    run,
)
from tests.store_server.outbox.peers import a_silent_peer
from tests.store_server.outbox.receiver import Answer, a_receiver
from tests.store_server.redemptions.builders import a_shop

WEB = ContactChannel.WEB


class FakeChannel:
    """Takes everything; while `held` names an endpoint, tries to it wait for `let_go`."""

    def __init__(self, *, held: str = "") -> None:
        self.held = held
        self.let_go = threading.Event()
        self.sent: list[Claim] = []
        self.arrived = threading.Semaphore(0)

    def send(self, claim: Claim, flight: Flight) -> AttemptOutcome:
        self.sent.append(claim)
        self.arrived.release()
        if self.held and self.held in claim.address:
            assert self.let_go.wait(10)
        return an_outcome()

    def close(self) -> None:
        """Nothing is open."""

    def wait(self, count: int) -> None:
        for _ in range(count):
            assert self.arrived.acquire(timeout=10)


class HalfDeaf(FakeChannel):
    """Gets no answer from one host."""

    def send(self, claim: Claim, flight: Flight) -> AttemptOutcome:
        super().send(claim, flight)
        deaf = claim.receiver == "down.example"
        return an_outcome(Verdict.TRY_AGAIN, status=None) if deaf else an_outcome()


@contextmanager
def delivering(database: Database, rooms: StoreRooms, channel: Channel) -> Iterator[Deliveries]:
    writer: Writer[StoreLive] = Writer(database.write, rooms)
    writer.start()
    reader: Reader[StoreLive] = Reader(database.read, rooms)
    deliveries = Deliveries(writer, reader, channel, rooms=rooms, timeout_s=5)
    deliveries.start()
    try:
        yield deliveries
    finally:
        deliveries.stop()
        writer.stop()


def add(database: Database, rooms: StoreRooms, count: int = 1) -> None:
    with unit_of_work(database.write, rooms.live) as uow:
        notes = [a_notification(f"decision-{number}") for number in range(count)]
        OutboxRepository(uow.session, rooms.scope).add(notes)


def register(database: Database, rooms: StoreRooms, url: str) -> EndpointRegistered:
    return run(database, rooms, register_endpoint, url=url, development=True)


def states(database: Database, rooms: StoreRooms) -> list[str]:
    with read_only(database.read, rooms.live) as uow:
        return [one.state for one in show_deliveries(uow, rooms, now=NOON)]


def test_everything_queued_is_sent_once(database: Database) -> None:
    rooms, channel = a_shop(database), FakeChannel()
    register(database, rooms, "https://app.example/")
    add(database, rooms, 40)

    with delivering(database, rooms, channel) as deliveries:
        deliveries.wake()
        channel.wait(40)

    assert len({one.notification for one in channel.sent}) == len(channel.sent) == 40
    assert states(database, rooms) == ["delivered"] * 40


def test_a_slow_receiver_does_not_hold_up_the_others(database: Database) -> None:
    rooms, channel = a_shop(database), FakeChannel(held="slow")
    register(database, rooms, "https://slow.example/")
    register(database, rooms, "https://quick.example/")
    add(database, rooms, 20)

    with delivering(database, rooms, channel) as deliveries:
        deliveries.wake()
        while sum("quick" in one.address for one in channel.sent) < 20:
            channel.wait(1)
        slow = sum("slow" in one.address for one in channel.sent)
        channel.let_go.set()

    assert slow == DEFAULT_LIMITS.concurrency


def test_a_receiver_that_fails_once_gets_the_same_webhook_again(database: Database) -> None:
    rooms = a_shop(database)
    with a_receiver() as receiver:
        receiver.answers = [Answer(503)]
        register(database, rooms, receiver.url)
        add(database, rooms)
        channel = open_webhook_channel(timeout_s=5, development=True)

        with delivering(database, rooms, channel):
            receiver.wait(2)

    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert states(database, rooms) == ["delivered"]


class Ended:
    """A channel that tells when a try is over."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.verdicts: list[str] = []
        self.over = threading.Semaphore(0)

    def send(self, claim: Claim, flight: Flight) -> AttemptOutcome:
        outcome = self._channel.send(claim, flight)
        self.verdicts.append(outcome.verdict)
        self.over.release()
        return outcome

    def close(self) -> None:
        self._channel.close()


def test_a_withdrawal_ends_the_tries_under_way_and_all_that_waits(database: Database) -> None:
    rooms, heard = a_shop(database), threading.Event()
    webhook = open_webhook_channel(timeout_s=100, development=True)
    channel = Ended(webhook)
    with (
        delivering(database, rooms, channel) as deliveries,
        a_silent_peer(heard=heard.set) as url,
    ):
        register(database, rooms, url)
        add(database, rooms, 20)
        deliveries.wake()
        assert heard.wait(10)
        withdraw(deliveries)
        # Without a recall the silent peer would hold the try for 100 s.
        assert channel.over.acquire(timeout=10)
    webhook.close()

    assert channel.verdicts[0] == "recalled"
    with read_only(database.read, rooms.live) as uow:
        log = show_deliveries(uow, rooms, now=NOON)
    offers = [one for one in log if one.reason == "consent_withdrawn"]
    assert [one.state for one in offers] == ["suppressed"] * 20


def withdraw(deliveries: Deliveries) -> None:
    deliveries._writer.submit(
        Priority.APP,
        record_consent,
        shopper=ANN,
        purpose=Purpose.OFFERS,
        granted=False,
        source="app",
        text_version="1",
    ).result()


def test_one_dead_push_service_does_not_stop_web_push_for_the_others(database: Database) -> None:
    rooms, channel = a_reachable_shop(database, WEB), HalfDeaf()
    tell(database, rooms, WEB, address=SUBSCRIPTION.replace("push.example", "down.example"))
    tell(database, rooms, WEB, shopper=BOB)
    say_of(database, rooms, WEB, granted=True, shopper=BOB, at=NOON - minutes(30))
    queue(database, rooms, "web", 12)

    with delivering(database, rooms, channel) as deliveries:
        channel.wait(FAILURES_TO_OPEN)
        queue(database, rooms, "web", first=50, shopper=BOB)
        deliveries.wake()
        while not any(one.receiver == "push.example" for one in channel.sent):
            channel.wait(1)

    assert states(database, rooms).count("delivered") == 1


def test_addresses_are_tried_in_the_order_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def look_up(*_: object, **more: int) -> list[object]:
        asked.append(more["flags"])
        found = [("93.184.215.14", 443), ("2606:2800::1", 443, 0, 0), ("93.184.215.14", 443)]
        return [(0, 0, 0, "", one) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    assert resolve("app.example", 443) == ["93.184.215.14", "2606:2800::1"]
    assert asked == [socket.AI_ADDRCONFIG]
