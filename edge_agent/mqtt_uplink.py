"""The thread between spool and broker: group commits, connections, sends, acknowledgements.

Everything that happens (rows to keep, an acknowledgement, a connection gained or lost) comes
through one queue, and one thread owns the spool: so nothing here needs a lock. A turn of
the thread takes all that is waiting, writes new batches in one commit, and sends what is due.

A broker that cannot be reached delays nobody: hearing and spooling go on. After a loss the first
try comes soon, later ones ever more slowly; a broker that refuses our credentials is asked
rarely. A connection that the broker closed without ever being away is counted as a takeover:
somebody else uses our client id. (nats-server lets the loser of a takeover in again only at its
second try, a second later. A broker that restarts within half a second looks the same.)
"""

import logging
import queue
import random
import threading
import time
from collections.abc import Callable

from edge_agent.backoff import Backoff
from edge_agent.broker_link import AckArrived, BrokerLink, LinkDown, LinkUp
from edge_agent.delivery import Delivery
from edge_agent.health import UplinkStatus
from edge_agent.spool import NewBatch
from edge_agent.uplink_address import UplinkAddress
from proximity_wire.messages import Health, encode

logger = logging.getLogger(__name__)

# A connection that lived longer was a good one: the next failure starts the backoff anew.
_GOOD_LINK_S = 30.0
# Longer after the broker has closed a connection, the next one says nothing about why.
_TAKEOVER_S = 10.0
_TIDY_S = 1.0
_LONGEST_TURN_S = 0.5
# Rows in RAM are bounded even when the disk stalls: two minutes of a busy gateway.
_MOST_OFFERED = 2_000


class _Stop:
    """Asks the thread to say goodbye."""


Event = NewBatch | Health | AckArrived | LinkUp | LinkDown | _Stop


class MqttUplink:
    """Delivers what it is offered; `start` it, `offer` batches, `stop` it."""

    def __init__(
        self,
        delivery: Delivery,
        address: UplinkAddress,
        *,
        open_link: Callable[[Callable[[AckArrived | LinkUp | LinkDown], None]], BrokerLink],
        reconnect: Backoff,
        refused_retry: Backoff,
        rng: random.Random,
    ) -> None:
        """Prepare; nothing happens before `start`.

        Args:
            delivery: spool and in-flight state; owned by this thread from now on.
            address: topics and state messages.
            open_link: makes a link that is not yet opened.
            reconnect: delays after a loss.
            refused_retry: delays after the broker has refused us.
            rng: draws the jitter.
        """
        self._delivery = delivery
        self._address = address
        self._open_link = open_link
        self._reconnect = reconnect
        self._refused_retry = refused_retry
        self._rng = rng
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="mqtt-uplink", daemon=True)
        self._link: BrokerLink | None = None
        self._up_since_s: float | None = None
        self._closed_by_peer_s: float | None = None
        self._connect_at_s: float | None = time.monotonic()
        self._failures = 0
        self._connects = 0
        self._takeovers = 0
        self._tidy_at_s = 0.0
        self._stopping = False
        self.status = self._snapshot()

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs; it ends only by `stop` or by a fault."""
        return self._thread.is_alive()

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

    def stop(self, *, timeout_s: float) -> None:
        """Write and send what was offered, say that the gateway is offline, end the thread."""
        self._events.put(_Stop())
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
        if self._up_since_s is not None:
            self._send(now_s)
        if now_s >= self._tidy_at_s:
            self._tidy_at_s = now_s + _TIDY_S
            self._delivery.tidy()
        self.status = self._snapshot()

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
                self._note_up(link)
            case LinkDown() if event.link is self._link:
                self._note_down(event)
            case Health():
                if self._link is not None and self._up_since_s is not None:
                    self._link.publish(self._address.health_topic, encode(event))
            case _Stop():
                self._stopping = True
            case _:
                # A batch was kept before; an event of a link that was given up says nothing.
                return

    def _connect(self) -> None:
        self._connect_at_s = None
        self._link = self._open_link(self._events.put)
        self._link.open()

    def _note_up(self, link: BrokerLink) -> None:
        now_s = time.monotonic()
        closed_s, self._closed_by_peer_s = self._closed_by_peer_s, None
        if closed_s is not None and now_s - closed_s <= _TAKEOVER_S:
            self._takeovers += 1
            logger.warning(
                "broker closed the connection and took the next one at once: does another "
                "gateway use this client id? takeovers=%d",
                self._takeovers,
            )
        self._up_since_s = now_s
        self._connects += 1
        logger.info("connected to the broker: connects=%d", self._connects)
        link.publish(self._address.state_topic, self._address.state(online=True), retain=True)
        self._delivery.rewind()

    def _note_down(self, event: LinkDown) -> None:
        now_s = time.monotonic()
        lived_s = now_s - self._up_since_s if self._up_since_s is not None else 0.0
        self._failures = 1 if lived_s >= _GOOD_LINK_S else self._failures + 1
        backoff = self._refused_retry if event.refused else self._reconnect
        delay_s = backoff.delay_s(self._failures, self._rng)
        if self._up_since_s is not None or self._failures == 1:
            logger.warning("not connected: reason=%s retry_s=%.1f", event.reason, delay_s)
        elif event.refused:
            logger.error(
                "not connected: reason=%s retry_s=%.1f; check [mqtt] username, password_file, "
                "TLS files, and the gateway's rights on the broker",
                event.reason,
                delay_s,
            )
        if not event.by_peer:
            self._closed_by_peer_s = None
        elif self._up_since_s is not None:
            self._closed_by_peer_s = now_s
        self._up_since_s = None
        self._link = None
        self._connect_at_s = now_s + delay_s
        event.link.close()

    def _send(self, now_s: float) -> None:
        assert self._link is not None
        for seq, payload in self._delivery.next_payloads(now_s):
            if not self._link.publish(self._address.sightings_topic, payload):
                return
            self._delivery.note_sent(seq, now_s)

    def _say_goodbye(self) -> None:
        self._delivery.give_up_unkept()
        if self._link is not None and self._up_since_s is not None:
            self._await_acks(until_s=time.monotonic() + 1.0)
        if self._link is not None and self._up_since_s is not None:
            self._link.publish_and_wait(
                self._address.state_topic,
                self._address.state(online=False),
                retain=True,
                timeout_s=1.0,
            )
        if self._link is not None:
            self._link.close()
        self._delivery.tidy()
        self.status = self._snapshot()
        logger.info("stopped: queued_batches=%d", len(self._delivery.spool))

    def _await_acks(self, *, until_s: float) -> None:
        """Give the server a moment to acknowledge; what it does not is kept in the spool."""
        while self._delivery.waiting and self._up_since_s is not None:
            left_s = until_s - time.monotonic()
            if left_s <= 0:
                return
            for event in self._waiting_events(left_s):
                self._take(event)
            if self._up_since_s is not None:
                self._send(time.monotonic())

    def _snapshot(self) -> UplinkStatus:
        spool, delivery = self._delivery.spool, self._delivery
        counts = {**delivery.noted, **spool.given_up}
        return UplinkStatus(
            spool_id=spool.spool_id,
            connected=self._up_since_s is not None,
            emitted=delivery.emitted,
            acked=delivery.acked,
            queued=len(spool) + delivery.unkept,
            oldest_spooled_at_ms=spool.oldest_at_ms(),
            connects=self._connects,
            takeovers=self._takeovers,
            noted=tuple(counts.items()),
        )
