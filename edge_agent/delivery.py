"""What is owed to the server: keep it, say what is to be sent now, take acknowledgements.

Joins the spool (disk) and the in-flight state (order, resends) without knowing any broker, so
that all rules of delivery can be tested without one. Runs on the uplink's thread only.
"""

import logging
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from edge_agent.backoff import Backoff
from edge_agent.batching import MOST_LOST_RANGES, batch_payload, split_rows
from edge_agent.clocks import GatewayClock
from edge_agent.in_flight import InFlight
from edge_agent.quarantine import Quarantine
from edge_agent.shedding import keep_dearest, weight_of
from edge_agent.spool import NewBatch, Spool, SpooledBatch
from edge_agent.spool_file import is_damage, is_full
from proximity_wire.errors import MessageError
from proximity_wire.messages import MAX_PAYLOAD_BYTES, Ack, decode

logger = logging.getLogger(__name__)

# Batches that may wait in RAM while the disk refuses them: about 2 minutes of a busy gateway.
MOST_UNKEPT = 256
# Reasons of giving up a batch whose bytes are sound: somebody will want to look at it.
_PUT_ASIDE = frozenset({"refused", "oversize"})


@dataclass(frozen=True, slots=True)
class DeliveryPolicy:
    """How delivery behaves; see [mqtt] in docs/operations_edge.md."""

    most_in_flight: int
    ack_wait: Backoff
    refuse_after: int


class Delivery:
    """The batches of one gateway on their way to the server."""

    def __init__(
        self,
        spool: Spool,
        policy: DeliveryPolicy,
        *,
        org: str,
        store: str,
        gateway: str,
        clock: GatewayClock,
        rng: random.Random,
        quarantine: Quarantine,
    ) -> None:
        self.spool = spool
        self._quarantine = quarantine
        self._policy = policy
        self._address = {"org": org, "store": store, "gateway": gateway}
        self._clock = clock
        self._rng = rng
        self._in_flight = self._new_in_flight()
        self._unkept: list[NewBatch] = []
        # The broker's limit; a batch that is larger is split.
        self.most_payload_bytes = MAX_PAYLOAD_BYTES
        self.emitted = 0
        self.acked = 0
        self.noted: Counter[str] = Counter()

    @property
    def waiting(self) -> bool:
        """Whether anything that was sent is not acknowledged."""
        return self._in_flight.waiting

    @property
    def unkept(self) -> int:
        """Batches in RAM that the disk has refused so far."""
        return len(self._unkept)

    @property
    def unkept_batches(self) -> tuple[NewBatch, ...]:
        """Those batches, oldest first."""
        return tuple(self._unkept)

    @property
    def resend_at_s(self) -> float | None:
        """Monotonic time of the next resend, None when nothing is in flight."""
        return self._in_flight.resend_at_s

    def keep(self, batches: list[NewBatch]) -> None:
        """Write `batches` to the spool in one commit; what the disk refuses waits in RAM."""
        self._unkept += batches
        if not self._unkept:
            return
        try:
            self._append()
        except sqlite3.DatabaseError as error:
            self._note_disk_fault(error)
            return
        self.emitted += len(self._unkept)
        self._unkept = []

    def _append(self) -> None:
        """Append; a full disk is answered with the ballast, then by shedding what is cheaper."""
        try:
            self.spool.append(self._unkept)
        except sqlite3.DatabaseError as error:
            if not is_full(error) or not (self.spool.make_room() or self._shed()):
                raise
            self.spool.append(self._unkept)

    def _shed(self) -> bool:
        needed_bytes = 2 * sum(weight_of(len(batch.rows)) for batch in self._unkept)
        dearest = max(batch.grade for batch in self._unkept)
        return self.spool.shed_for(needed_bytes, dearest=dearest) > 0

    def take_ack(self, payload: bytes, now_s: float) -> None:
        """Forget what the server has; garbage and other spools' acknowledgements are counted."""
        try:
            ack = decode(payload, Ack)
        except MessageError:
            self.noted["ack_malformed"] += 1
            return
        if ack.spool_id != self.spool.spool_id:
            self.noted["ack_other_spool"] += 1
            return
        if ack.through_seq > self.spool.last_seq:
            self.noted["ack_ahead"] += 1
            logger.error(
                "server acknowledges what was never sent; was the spool restored from an old "
                "copy? move it away and restart: through_seq=%d last_seq=%d",
                ack.through_seq,
                self.spool.last_seq,
            )
            return
        before = self._in_flight.acked_seq
        passed = [seq for seq in ack.quarantined if before < seq <= ack.through_seq]
        self.noted["quarantined_by_server"] += len(passed)
        self.acked += self.spool.forget(ack.through_seq)
        self._in_flight.note_ack(ack.through_seq, now_s)

    def rewind(self) -> None:
        """A new connection: everything unacknowledged is sent again."""
        self._in_flight.rewind()

    def next_payloads(self, now_s: float) -> Iterator[tuple[int, bytes]]:
        """(seq, payload) of each batch that is to be sent now, in order.

        The caller says `note_sent` for those that the broker's client took.
        """
        refused = self._in_flight.rewind_if_due(now_s)
        if refused is not None:
            self._give_up(refused, reason="refused")
        for spooled in self._read_next():
            sent_at_ms = self._clock.stamp_ms(spooled.spooled_at_ms)
            if sent_at_ms is None:
                return
            payload = self._payload(spooled, sent_at_ms)
            if payload is None:
                self._give_up(spooled.seq, reason="damaged")
            elif len(payload) > self.most_payload_bytes:
                self._split(spooled)
            else:
                yield spooled.seq, payload

    def note_sent(self, seq: int, now_s: float) -> None:
        """Batch `seq` was handed to the broker's client."""
        self._in_flight.note_sent(seq, now_s)

    def tidy(self) -> None:
        """Write down what was acknowledged since the last commit."""
        now_ms = self._clock.now_ms()
        if now_ms is not None:
            self._quarantine.tidy(now_ms)
        try:
            self.spool.tidy()
        except sqlite3.DatabaseError as error:
            self._note_disk_fault(error)

    def give_up_unkept(self) -> None:
        """At the end: what the disk has refused to the last is lost, and said so."""
        if self._unkept:
            logger.error("batches lost, the spool took none: count=%d", len(self._unkept))
            self.spool.abandon(len(self._unkept), reason="disk_full")
            self._unkept = []

    def _read_next(self) -> list[SpooledBatch]:
        """The batches for which there is room, empty when the disk does not give them."""
        room = self._in_flight.room
        if room <= 0:
            return []
        try:
            return self.spool.read_after(self._in_flight.last_sent_seq, most=room)
        except sqlite3.DatabaseError as error:
            self._note_disk_fault(error)
            return []

    def _payload(self, spooled: SpooledBatch, sent_at_ms: int) -> bytes | None:
        return batch_payload(
            spooled,
            **self._address,
            spool_id=self.spool.spool_id,
            sent_at_ms=sent_at_ms,
            lost=self.spool.lost_before(
                spooled.seq, most=min(MOST_LOST_RANGES, self.most_payload_bytes // 200)
            ),
        )

    def _split(self, spooled: SpooledBatch) -> None:
        """Put a batch that the broker would not take to the end of the queue, in pieces."""
        pieces = split_rows(spooled.rows or b"[]", most_payload_bytes=self.most_payload_bytes)
        if not pieces:
            self._give_up(spooled.seq, reason="oversize")
            return
        self.keep(
            [
                NewBatch(rows, spooled.boot_id, spooled.clock, spooled.spooled_at_ms, spooled.grade)
                for rows in pieces
            ]
        )
        self._give_up(spooled.seq, reason="split")

    def _give_up(self, seq: int, *, reason: str) -> None:
        level = logging.INFO if reason == "split" else logging.ERROR
        logger.log(level, "batch given up: seq=%d reason=%s", seq, reason)
        try:
            if reason in _PUT_ASIDE:
                self._put_aside(seq, reason=reason)
            self.spool.give_up(seq, reason=reason)
        except sqlite3.DatabaseError as error:
            self._note_disk_fault(error)

    def _put_aside(self, seq: int, *, reason: str) -> None:
        now_ms = self._clock.now_ms()
        for batch in self.spool.read_after(seq - 1, most=1):
            if now_ms is not None and batch.seq == seq:
                self._quarantine.put(
                    batch, spool_id=self.spool.spool_id, reason=reason, now_ms=now_ms
                )

    def _note_disk_fault(self, error: sqlite3.DatabaseError) -> None:
        if is_damage(error):
            logger.error("spool was damaged while in use: error=%s", error)
            self.spool.replace_damaged()
            self._in_flight = self._new_in_flight()
            return
        if not self.noted["spool_fault"]:
            logger.error("spool cannot be used now, batches wait in memory: error=%s", error)
        self.noted["spool_fault"] += 1
        excess = len(self._unkept) - MOST_UNKEPT
        if excess > 0:
            self.spool.abandon(excess, reason="disk_full")
            self._unkept = keep_dearest(self._unkept, most=MOST_UNKEPT)

    def _new_in_flight(self) -> InFlight:
        return InFlight(
            most=self._policy.most_in_flight,
            waits=self._policy.ack_wait,
            refuse_after=self._policy.refuse_after,
            rng=self._rng,
        )
