"""The thread between spool and broker: group commits, connections, sends, acknowledgements.

Everything that happens (rows to keep, an acknowledgement, a connection gained or lost) comes
through one queue, and one thread owns the spool: so nothing here needs a lock. A turn of
the thread takes all that is waiting, writes new batches in one commit, and sends what is due.

A broker that cannot be reached delays nobody: hearing and spooling go on. A broker of MQTT 5 says
how many publishes it takes unanswered and how large: both are obeyed, batches are split. What it
refuses is counted; the server does not acknowledge it, so it is sent again and at last given up.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from enum import Enum

from edge_agent.broker_link import (
    AckArrived,
    BrokerLink,
    ConfigArrived,
    LinkDown,
    LinkEvent,
    LinkUp,
    PublishAnswered,
)
from edge_agent.delivery import Delivery
from edge_agent.health import UplinkStatus
from edge_agent.link_history import LinkHistory, Protocol
from edge_agent.spool import NewBatch
from edge_agent.uplink_address import UplinkAddress
from proximity_wire.messages import MAX_PAYLOAD_BYTES, Health, encode

logger = logging.getLogger(__name__)

_TIDY_S = 1.0
_LONGEST_TURN_S = 0.5
# Rows in RAM are bounded even when the disk stalls: two minutes of a busy gateway.
_MOST_OFFERED = 2_000
# What MQTT 5 takes unanswered when the broker sets no limit.
_ANY_NUMBER = 65_535
# Of a PUBLISH packet beside topic and payload: header, lengths, packet id, no properties.
_PACKET_OVERHEAD_BYTES = 16


class _Wish(Enum):
    """What the thread is asked for: to publish the state, to say goodbye and end."""

    STATE = 1
    STOP = 2


Event = NewBatch | Health | LinkEvent | _Wish


class MqttUplink:
    """Delivers what it is offered; `start` it, `offer` batches, `stop` it."""

    def __init__(
        self,
        delivery: Delivery,
        address: UplinkAddress,
        *,
        open_link: Callable[[Protocol, Callable[[LinkEvent], None]], BrokerLink],
        history: LinkHistory,
        take_config: Callable[[bytes], None],
    ) -> None:
        """Prepare; nothing happens before `start`.

        Args:
            delivery: spool and in-flight state; owned by this thread from now on.
            address: topics and state messages.
            open_link: makes a link that is not yet opened.
            history: when to connect, and by which MQTT.
            take_config: takes payloads of `down/config` on the uplink's thread; must not block.
        """
        self._delivery = delivery
        self._address = address
        self._open_link = open_link
        self._history = history
        self._take_config = take_config
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="mqtt-uplink", daemon=True)
        self._link: BrokerLink | None = None
        self._connect_at_s: float | None = time.monotonic()
        # Packet ids of publishes that the broker has not answered, and how many it allows.
        self._unanswered: set[int] = set()
        self._most_unanswered = _ANY_NUMBER
        self._most_packet_bytes: int | None = None
        self._turned_at_s = time.monotonic()
        self._tidy_at_s = 0.0
        self._stopping = False
        self.status = self._snapshot()

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs; it ends only by `stop` or by a fault."""
        return self._thread.is_alive()

    @property
    def idle_s(self) -> float:
        """Seconds since the thread last finished a turn: long, when a disk or a lock holds it."""
        return time.monotonic() - self._turned_at_s

    def start(self) -> None:
        """Start delivering."""
        self._thread.start()

    def offer(self, batch: NewBatch) -> bool:
        """Take a batch for the spool; False when too much waits for the disk already."""
        if self._events.qsize() > _MOST_OFFERED:
            return False
        self._events.put(batch)
        return True

    def publish_health(self, health: Health) -> None:
        """Publish when connected; a health message is not kept."""
        self._events.put(health)

    def publish_state(self) -> None:
        """Publish the retained state anew when connected: the configuration has proven itself."""
        self._events.put(_Wish.STATE)

    def stop(self, *, timeout_s: float) -> None:
        """Write and send what was offered, say that the gateway is offline, end the thread."""
        self._events.put(_Wish.STOP)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._turn(time.monotonic())
            self._say_goodbye()
        finally:
            self._delivery.spool.close()

    def _turn(self, now_s: float) -> None:
        events = self._waiting_events(self._turn_s(now_s))
        self._delivery.keep([event for event in events if isinstance(event, NewBatch)])
        for event in events:
            self._take(event)
        now_s = time.monotonic()
        if self._connect_at_s is not None and now_s >= self._connect_at_s:
            self._connect()
        if self._link_up:
            self._send(now_s)
        if now_s >= self._tidy_at_s:
            self._tidy_at_s = now_s + _TIDY_S
            self._delivery.tidy()
        self.status = self._snapshot()
        self._turned_at_s = now_s

    def _turn_s(self, now_s: float) -> float:
        """How long this turn may wait for something to happen."""
        due = [self._connect_at_s, self._delivery.resend_at_s]
        waits = [at_s - now_s for at_s in due if at_s is not None]
        return max(0.0, min([_LONGEST_TURN_S, *waits]))

    def _waiting_events(self, timeout_s: float) -> list[Event]:
        events: list[Event] = []
        try:
            events.append(self._events.get(timeout=timeout_s))
            while True:
                events.append(self._events.get_nowait())
        except queue.Empty:
            return events

    def _take(self, event: Event) -> None:
        match event:
            case AckArrived(payload=payload):
                self._delivery.take_ack(payload, time.monotonic())
            case LinkUp(link=link) if link is self._link:
                self._note_up(event)
            case LinkDown(link=link) if link is self._link:
                self._note_down(event)
            case ConfigArrived(payload=payload):
                self._take_config(payload)
            case PublishAnswered(link=link) if link is self._link:
                self._note_answer(event)
            case Health():
                self._publish(self._address.health_topic, encode(event))
            case _Wish.STATE:
                self._publish(self._address.state_topic, self._address.state(), retain=True)
            case _Wish.STOP:
                self._stopping = True
            case _:
                return  # A batch was kept before; a link that was given up says nothing.

    def _connect(self) -> None:
        self._connect_at_s = None
        self._link = self._open_link(self._history.protocol, self._events.put)
        self._link.open()

    @property
    def _link_up(self) -> BrokerLink | None:
        """The link while the broker accepts us."""
        return self._link if self._history.up_since_s is not None else None

    def _note_up(self, event: LinkUp) -> None:
        self._history.note_up(time.monotonic())
        self._unanswered.clear()
        self._most_unanswered = event.most_unanswered or _ANY_NUMBER
        self._most_packet_bytes = event.most_packet_bytes
        self._delivery.most_payload_bytes = self._most_payload_bytes(self._address.sightings_topic)
        self._publish(self._address.state_topic, self._address.state(), retain=True)
        self._delivery.rewind()

    def _note_down(self, event: LinkDown) -> None:
        now_s = time.monotonic()
        self._link = None
        self._connect_at_s = now_s + self._history.note_down(
            now_s,
            reason=event.reason,
            refused=event.refused,
            by_peer=event.by_peer,
            other_protocol=event.other_protocol,
        )
        event.link.close()

    def _note_answer(self, answer: PublishAnswered) -> None:
        self._unanswered.discard(answer.mid)
        if answer.refusal:
            if not self._delivery.noted["publish_refused"]:
                logger.error(
                    "broker refuses what we publish: reason=%s; check the user's rights there, and "
                    "that [gateway] names are those of the user",
                    answer.refusal,
                )
            self._delivery.noted["publish_refused"] += 1

    def _most_payload_bytes(self, topic: str) -> int:
        if self._most_packet_bytes is None:
            return MAX_PAYLOAD_BYTES
        room = self._most_packet_bytes - len(topic) - _PACKET_OVERHEAD_BYTES
        return min(MAX_PAYLOAD_BYTES, room)

    def _publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Hand over one message; False when there is no link, or the broker would not take it."""
        link = self._link_up
        if link is None:
            return False
        if len(payload) > self._most_payload_bytes(topic):
            self._delivery.noted["message_too_large"] += 1
            return False
        mid = link.publish(topic, payload, retain=retain)
        if mid is None:
            return False
        self._unanswered.add(mid)
        return True

    def _send(self, now_s: float) -> None:
        for seq, payload in self._delivery.next_payloads(now_s):
            # Two places are left for health and state, which do not wait.
            if len(self._unanswered) >= max(1, self._most_unanswered - 2):
                return
            if not self._publish(self._address.sightings_topic, payload):
                return
            self._delivery.note_sent(seq, now_s)

    def _say_goodbye(self) -> None:
        self._delivery.give_up_unkept()
        if self._link_up:
            self._await_acks(until_s=time.monotonic() + 1.0)
        if link := self._link_up:
            topic, goodbye = self._address.state_topic, self._address.state(online=False)
            link.publish_and_wait(topic, goodbye, retain=True, timeout_s=1.0)
        if self._link is not None:
            self._link.close()
        self._delivery.tidy()
        self.status = self._snapshot()
        logger.info("stopped: queued_batches=%d", len(self._delivery.spool))

    def _await_acks(self, *, until_s: float) -> None:
        """Give the server a moment to acknowledge; what it does not is kept in the spool."""
        while self._delivery.waiting and self._link_up:
            left_s = until_s - time.monotonic()
            if left_s <= 0:
                return
            for event in self._waiting_events(left_s):
                self._take(event)
            if self._link_up:
                self._send(time.monotonic())

    def _snapshot(self) -> UplinkStatus:
        spool, delivery = self._delivery.spool, self._delivery
        counts = {**delivery.noted, **spool.given_up}
        return UplinkStatus(
            spool_id=spool.spool_id,
            connected=self._link_up is not None,
            emitted=delivery.emitted,
            acked=delivery.acked,
            queued=len(spool) + delivery.unkept,
            oldest_spooled_at_ms=spool.oldest_at_ms(),
            connects=self._history.connects,
            takeovers=self._history.takeovers,
            mqtt=self._history.protocol if self._link_up else "",
            noted=tuple(counts.items()),
        )
