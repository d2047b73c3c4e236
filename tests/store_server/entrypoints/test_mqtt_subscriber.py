"""The MQTT door on real brokers: acknowledged after the commit, never blocked, never unbounded."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest

from proximity_wire.messages import Ack, GatewayConfig, SightingBatch, decode, encode
from proximity_wire.topics import Channel, gateway_topic
from store_server.clock import SystemClock
from store_server.database import UnitOfWork, open_database
from store_server.entrypoints.mqtt_subscriber import TRIES, MqttSubscriber
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.presence.nearest_anchor import NearestAnchor
from store_server.presence.observation import Observation
from store_server.presence.repository import IntakeRepository
from store_server.schema import create_tables
from store_server.shop.floor_plan import FloorPlan
from store_server.shop.repository import GatewayConfigRepository
from store_server.writer import Priority, Reader, Writer
from tests.brokers import BrokerKind, RunningBroker, running_broker
from tests.store_server.entrypoints.mqtt_parties import WAIT_S, Party, party
from tests.store_server.entrypoints.test_embedded_broker import soon
from tests.store_server.presence.builders import SCOPE, Shop, a_batch, a_row, a_state, some_rooms

KINDS: tuple[BrokerKind, ...] = ("embedded", "mosquitto")


@dataclass(frozen=True)
class Server:
    rooms: StoreRooms
    writer: Writer[StoreLive]
    reader: Reader[StoreLive]
    subscriber: MqttSubscriber

    def applied(self, gateway: str = "gw-1") -> int:
        line = self.rooms.live.gateways.get(gateway)
        return line.applied_batches if line else 0


@contextlib.contextmanager
def serving(
    broker: RunningBroker, folder: Path, rooms: StoreRooms | None = None, *, slots: int = 64
) -> Iterator[Server]:
    """A writer and a subscriber on a store of shoppers who agreed, connected."""
    database = open_database(f"sqlite:///{folder}/store.db")
    create_tables(database.write)
    shop = Shop(database, rooms or some_rooms()).agree("s-1", "s-2")
    writer = Writer(database.write, shop.rooms)
    user = broker.users["server"]
    subscriber = MqttSubscriber(
        writer,
        scope=SCOPE,
        host=broker.host,
        port=broker.port,
        username=user.user,
        password=user.password,
        clock=SystemClock(),
        slots=slots,
        busy_wait_s=0.05,
    )
    writer.start()
    subscriber.start()
    try:
        assert soon(lambda: subscriber.connects == 1)
        yield Server(shop.rooms, writer, Reader(database.read, shop.rooms), subscriber)
    finally:
        subscriber.stop()
        writer.stop()
        database.close()


@contextlib.contextmanager
def a_gateway(broker: RunningBroker, name: str = "gw-1") -> Iterator[Party]:
    """A gateway that listens for acknowledgements."""
    with party(broker, name) as gateway:
        ack = gateway_topic(Channel.ACK, org="acme", store="demo", gateway=name)
        assert gateway.listen(ack)
        yield gateway


def tell(gateway: Party, batch: SightingBatch) -> None:
    gateway.say(topic(Channel.SIGHTINGS, batch.gateway), encode(batch))


def topic(channel: Channel, gateway: str = "gw-1") -> str:
    return gateway_topic(channel, org="acme", store="demo", gateway=gateway)


def next_ack(gateway: Party) -> Ack:
    return decode(gateway.next().payload, Ack)


@pytest.fixture(params=KINDS)
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningBroker]:
    with running_broker(request.param, tmp_path, gateways=["gw-1", "gw-2"]) as running:
        yield running


def test_acknowledges_in_order_and_duplicates_again(broker: RunningBroker, tmp_path: Path) -> None:
    with serving(broker, tmp_path) as server, a_gateway(broker) as gateway:
        for seq in (1, 2, 3, 2):
            tell(gateway, a_batch(seq, rows=[a_row()], sent_s=seq))
        acks = [next_ack(gateway).through_seq for _ in range(4)]

        assert acks == [1, 2, 3, 3]
        assert server.applied() == 3
        assert server.rooms.live.gateways["gw-1"].duplicates == 1


def test_garbage_is_quarantined_and_the_loop_goes_on(broker: RunningBroker, tmp_path: Path) -> None:
    nonsense = [b"", b"{", b"\xff" * 50, b"[" * 60_000, b'{"v":9}', b"x" * 70_000, b'{"v":1e999}']
    with serving(broker, tmp_path) as server, a_gateway(broker) as gateway:
        for payload in nonsense:
            for channel in (Channel.SIGHTINGS, Channel.HEALTH, Channel.STATE):
                gateway.say(topic(channel), payload)
        tell(gateway, a_batch(1))

        assert next_ack(gateway).through_seq == 1
        assert server.reader.read(quarantined) == len(nonsense) * 3


def quarantined(uow: object, rooms: object, *, now: object) -> int:
    repository = IntakeRepository(uow.session, SCOPE)  # type: ignore[attr-defined] # a UnitOfWork
    return sum(entry.times for entry in repository.quarantined())


def test_state_of_a_gateway_is_heard_also_when_it_spoke_before(
    broker: RunningBroker, tmp_path: Path
) -> None:
    with a_gateway(broker) as gateway:
        gateway.say(topic(Channel.STATE), encode(a_state()), retain=True)

        with serving(broker, tmp_path) as server:
            assert soon(lambda: "gw-1" in server.rooms.live.gateways)
            assert server.rooms.live.gateways["gw-1"].state_known


def test_a_batch_that_claims_another_gateway_is_passed_as_refused(
    broker: RunningBroker, tmp_path: Path
) -> None:
    with serving(broker, tmp_path) as server, a_gateway(broker) as gateway:
        gateway.say(topic(Channel.SIGHTINGS), encode(a_batch(1, gateway="gw-2")))

        assert next_ack(gateway).quarantined == [1]
        assert server.applied("gw-2") == 0


def test_a_hung_writer_bounds_what_is_held(broker: RunningBroker, tmp_path: Path) -> None:
    going_on = threading.Event()

    def hang(uow: object, rooms: object, *, now: object) -> None:
        going_on.wait(WAIT_S)

    with serving(broker, tmp_path, slots=4) as server, a_gateway(broker) as gateway:
        server.writer.submit(Priority.TILL, hang)
        for seq in range(1, 21):
            tell(gateway, a_batch(seq))
        assert soon(lambda: server.subscriber.dropped_busy == 16)
        waiting = server.writer.waiting
        going_on.set()
        assert [next_ack(gateway).through_seq for _ in range(4)] == [1, 2, 3, 4]

        tell(gateway, a_batch(5))

        assert waiting <= 5
        assert next_ack(gateway).through_seq == 5


class Stumbling(NearestAnchor):
    """An engine that breaks on one shopper."""

    def observe(self, observation: Observation) -> NoReturn:
        raise ValueError("cannot be")

    def fork(self, *, dwell_marks_s: Iterable[float] = ()) -> "Stumbling":
        return self


def stumbling_rooms(plan: FloorPlan | None = None) -> StoreRooms:
    rooms = some_rooms()
    engine = Stumbling(plan or rooms.live.plan, scope=SCOPE)
    return replace(rooms, live=replace(rooms.live, presence=engine))


def has_failed(server: Server, times: int) -> bool:
    return server.subscriber.failed_flows == times


def test_a_batch_that_breaks_its_flow_is_refused_in_the_end(
    broker: RunningBroker, tmp_path: Path
) -> None:
    with (
        serving(broker, tmp_path, stumbling_rooms()) as server,
        a_gateway(broker) as gateway,
    ):
        poison = a_batch(1, rows=[a_row(1)], sent_s=2)
        for tries in range(1, TRIES + 1):
            tell(gateway, poison)
            assert soon(partial(has_failed, server, tries))

        tell(gateway, poison)

        assert next_ack(gateway).quarantined == [1]
        assert server.rooms.live.gateways["gw-1"].quarantined == 1


def test_comes_back_after_the_broker_was_killed(tmp_path: Path) -> None:
    with (
        running_broker("embedded", tmp_path, gateways=["gw-1"]) as broker,
        serving(broker, tmp_path) as server,
    ):
        assert broker.embedded is not None
        assert broker.embedded.pid is not None

        os.kill(broker.embedded.pid, signal.SIGKILL)

        assert soon(lambda: server.subscriber.connects == 2)
        with a_gateway(broker) as gateway:
            tell(gateway, a_batch(1))
            assert next_ack(gateway).through_seq == 1


def test_stops_although_nobody_ever_answered() -> None:
    rooms = some_rooms()
    database = open_database("sqlite://")
    subscriber = MqttSubscriber(
        Writer(database.write, rooms),
        scope=SCOPE,
        host="127.0.0.1",
        port=9,
        username=None,
        password=None,
        clock=SystemClock(),
    )
    subscriber.start()

    subscriber.stop()

    assert not subscriber.connected


def test_configurations_are_retained_and_published_again_at_each_connection(
    broker: RunningBroker, tmp_path: Path
) -> None:
    config = GatewayConfig(org="acme", store="demo", gateway="gw-1", version=3, window_s=0.5)
    with serving(broker, tmp_path) as server:
        saved = server.writer.submit(Priority.APP, keep_config, config=config)
        saved.result(WAIT_S)
        assert server.subscriber.publish_config(config)
        assert heard_config(broker) == config
        with party(broker, "server") as loser:
            loser.say(topic(Channel.CONFIG), b"", retain=True)

    with serving(broker, tmp_path):
        assert heard_config(broker) == config


def keep_config(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, config: GatewayConfig
) -> None:
    GatewayConfigRepository(uow.session, rooms.scope).save(config, at=now)


def heard_config(broker: RunningBroker) -> GatewayConfig:
    """What a gateway hears that subscribes now."""
    with party(broker, "gw-1") as gateway:
        assert gateway.listen(topic(Channel.CONFIG))
        return decode(gateway.next().payload, GatewayConfig)
