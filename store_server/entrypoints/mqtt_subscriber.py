"""The door to the gateways: MQTT messages in, flows run, acknowledgements out.

paho's thread hears a message, takes one of `SLOTS`, decodes, and queues a flow with the writer;
the flow's future gives the slot back and publishes the acknowledgement, after the commit and
the publication of the live state. So what is held in memory is bounded by the slots: when the
writer hangs, messages are let go without an acknowledgement, and the gateways send them again.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

import structlog

from proximity_wire.errors import MessageError
from proximity_wire.messages import (
    GatewayConfig,
    GatewayState,
    Health,
    SightingBatch,
    decode,
    encode,
)
from proximity_wire.topics import (
    Channel,
    GatewayTopic,
    gateway_topic,
    parse_gateway_topic,
    upward_filters,
)
from store_server.clock import Clock, to_ms
from store_server.entrypoints.broker_connection import BrokerAddress, BrokerConnection, OnItsWay
from store_server.errors import TooMany
from store_server.flows.push_gateway_config import recall_gateway_configs
from store_server.flows.quarantine_payload import quarantine_payload
from store_server.flows.rooms import StoreLive
from store_server.flows.take_gateway_state import (
    lose_sight_of_gateways,
    take_gateway_state,
    take_health,
)
from store_server.flows.take_sightings import SightingsTaken, take_sightings
from store_server.ids import Scope
from store_server.presence.quarantine import refuse
from store_server.writer import Priority, Writer

log = structlog.get_logger(__name__)

T = TypeVar("T")

# 64 messages of at most 64 kB: 4 MB is all that a hung writer can make us hold.
SLOTS = 64
BUSY_WAIT_S = 1.0
# A batch that breaks its flow this often is refused, or it would come again for ever.
TRIES = 3
KEPT_FAILURES = 1_000
# Errors of our own code on some content, as opposed to a database or disk that fails for all.
OF_THE_CONTENT = (ValueError, TypeError, LookupError, ArithmeticError, AssertionError)


class MqttSubscriber:
    """Hears the gateways of one store until it is stopped; connects again by itself."""

    def __init__(
        self,
        writer: Writer[StoreLive],
        *,
        scope: Scope,
        host: str,
        port: int,
        username: str | None,
        password: str | None,
        tls_ca: str | None = None,
        clock: Clock,
        slots: int = SLOTS,
        busy_wait_s: float = BUSY_WAIT_S,
    ) -> None:
        self._writer = writer
        self._scope = scope
        self._clock = clock
        self._slots = threading.BoundedSemaphore(slots)
        self._busy_wait_s = busy_wait_s
        self._failures: OrderedDict[tuple[str, str, int], int] = OrderedDict()
        self._broker = BrokerConnection(
            BrokerAddress(host, port, username, password, tls_ca),
            # States first: who is online is known before anybody's sightings move the clock.
            filters=upward_filters(org=scope.org, store=scope.store)[::-1],
            on_connected=self._begin_anew,
            on_message=self._on_message,
        )
        self.dropped_busy = 0
        self.failed_flows = 0

    def start(self) -> None:
        """Begin to connect and listen."""
        self._broker.start()

    def stop(self) -> None:
        """Disconnect and end; what the writer has queued is still committed, not acknowledged."""
        self._broker.stop()

    @property
    def connected(self) -> bool:
        """Whether the broker has taken us, and the connection stands."""
        return self._broker.connected

    @property
    def connects(self) -> int:
        """How often a broker has taken us since the start."""
        return self._broker.connects

    def publish_config(self, config: GatewayConfig) -> bool:
        """Publish a gateway's configuration, retained; False when the broker is away."""
        topic = gateway_topic(
            Channel.CONFIG, org=config.org, store=config.store, gateway=config.gateway
        )
        return self._broker.publish(topic, encode(config), retain=True)

    def publish_screen(self, topic: str, payload: bytes) -> OnItsWay | None:
        """Publish what a screen shows, retained; None when the broker is away."""
        return self._broker.publish_watched(topic, payload)

    def _begin_anew(self) -> bool:
        """Queue, before all that this connection brings, that gateways are to be heard anew."""
        try:
            self._writer.submit(
                Priority.SIGHTINGS, lose_sight_of_gateways, wait_s=self._busy_wait_s
            )
            # A broker may have lost what it retained, or was away when it was published.
            recalled = self._writer.submit(
                Priority.SIGHTINGS, recall_gateway_configs, wait_s=self._busy_wait_s
            )
            recalled.add_done_callback(self._publish_configs)
        except TooMany as error:
            log.warning("cannot listen yet", error=str(error))
            return False
        return True

    def _publish_configs(self, recalled: Future[tuple[GatewayConfig, ...]]) -> None:
        if recalled.exception() is None:
            for config in recalled.result():
                self.publish_config(config)

    def _on_message(self, topic: str, payload: bytes) -> None:
        if not self._slots.acquire(timeout=self._busy_wait_s):
            self.dropped_busy += 1
            if self.dropped_busy % 100 == 1:
                log.warning("writer is behind; messages let go", dropped=self.dropped_busy)
            return
        try:
            self._hear(topic, payload)
        except Exception as error:  # noqa: BLE001 - a supervisor: one message must not end the loop
            self._slots.release()
            log.error("message not taken", error=type(error).__name__)

    def _hear(self, topic: str, payload: bytes) -> None:
        """Run the flow for one message; the slot is given back when the flow has ended."""
        received_at_ms = to_ms(self._clock.now())
        try:
            where = parse_gateway_topic(topic)
            self._dispatch(where, payload, received_at_ms=received_at_ms)
        except MessageError as error:
            log.info("message refused", size=len(payload), reason=str(error)[:80].split(":")[0])
            refused = refuse(topic, payload, reason="undecodable")
            self._submit(quarantine_payload, refused=refused, received_at_ms=received_at_ms)

    def _dispatch(self, where: GatewayTopic, payload: bytes, *, received_at_ms: int) -> None:
        gateway = where.gateway
        match where.channel:
            case Channel.SIGHTINGS:
                batch = decode(payload, SightingBatch)
                key = (gateway, batch.spool_id, batch.seq)
                refusal = "flow_failed" if self._failures.get(key, 0) >= TRIES else None
                self._submit(
                    take_sightings,
                    done=partial(self._settle, key),
                    batch=batch,
                    refusal=refusal,
                    gateway=gateway,
                    received_at_ms=received_at_ms,
                )
            case Channel.STATE:
                state = decode(payload, GatewayState)
                self._submit(
                    take_gateway_state, state=state, gateway=gateway, received_at_ms=received_at_ms
                )
            case Channel.HEALTH:
                health = decode(payload, Health)
                self._submit(
                    take_health, health=health, gateway=gateway, received_at_ms=received_at_ms
                )
            case Channel.ACK | Channel.CONFIG:
                raise MessageError("a gateway does not speak on a downward topic")

    def _submit(
        self,
        flow: Callable[..., T],
        *,
        done: Callable[[Future[T]], None] | None = None,
        **arguments: object,
    ) -> None:
        future = self._writer.submit(
            Priority.SIGHTINGS, flow, wait_s=self._busy_wait_s, **arguments
        )
        future.add_done_callback(partial(self._ended, done))

    def _ended(self, done: Callable[[Future[T]], None] | None, future: Future[T]) -> None:
        """On the writer's thread, after publication: in the order in which flows ran."""
        self._slots.release()
        if (error := future.exception()) is not None:
            self.failed_flows += 1
            log.error("flow failed", error=type(error).__name__)
        if done is not None:
            done(future)

    def _settle(self, key: tuple[str, str, int], future: Future[SightingsTaken]) -> None:
        error = future.exception()
        if error is None:
            self._failures.pop(key, None)
            self._acknowledge(future.result())
        elif isinstance(error, OF_THE_CONTENT):
            self._failures[key] = self._failures.get(key, 0) + 1
            if len(self._failures) > KEPT_FAILURES:
                self._failures.popitem(last=False)

    def _acknowledge(self, taken: SightingsTaken) -> None:
        """Publish; one that cannot go out is made up for by the next, or by a resend's."""
        topic = gateway_topic(
            Channel.ACK, org=self._scope.org, store=self._scope.store, gateway=taken.gateway
        )
        self._broker.publish(topic, encode(taken.ack))
