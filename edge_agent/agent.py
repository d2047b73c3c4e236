"""The shell around the pure core: source -> hearing -> spool and uplink, started and stopped here.

Two clocks drive it. With a radio or a recording the system's clock closes windows, on a timer.
With a feed the feed's ticks do: a tick closes every window, and sends a batch even when
nothing was heard, so that the server's event clock moves.
"""

import asyncio
import logging
import time
from collections import Counter

from edge_agent.advert import Advert, Burst, Tick
from edge_agent.batching import encode_rows
from edge_agent.clocks import JUMP_BACK_MS, FeedClock, GatewayClock
from edge_agent.errors import EdgeAgentError
from edge_agent.health import Heard, compose_health, read_machine
from edge_agent.hearing import Hearing
from edge_agent.mqtt_uplink import MqttUplink
from edge_agent.settings import EdgeSettings
from edge_agent.sources import AdvertSource
from edge_agent.spool import NewBatch
from proximity_wire.messages import SightingRow

logger = logging.getLogger(__name__)

# The uplink's goodbye takes at most two seconds; the rest is for a slow disk.
_STOP_TIMEOUT_S = 5.0


class Agent:
    """One gateway's daemon."""

    def __init__(
        self,
        settings: EdgeSettings,
        *,
        source: AdvertSource,
        clock: GatewayClock,
        hearing: Hearing,
        uplink: MqttUplink,
        boot_id: str,
        version: str,
    ) -> None:
        self._settings = settings
        self._source = source
        self._clock = clock
        self._hearing = hearing
        self._uplink = uplink
        self._boot_id = boot_id
        self._version = version
        self._faults: Counter[str] = Counter()
        self._started_s = time.monotonic()
        self._health_at_s = self._started_s
        self._health_before = (self._started_s, 0)
        self._connects_seen = 0
        self._advanced_ms = 0
        # Windows are looked at twice per window, so that none is late by more than half of one.
        self._step_s = min(0.5, settings.window.seconds / 2)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then write what was heard, say goodbye and return.

        Raises:
            EdgeAgentError: the source cannot be opened, or the uplink's thread has died.
        """
        self._uplink.start()
        listening = asyncio.create_task(self._listen())
        watching = asyncio.create_task(self._watch())
        stopping = asyncio.create_task(_until(stop))
        waiting: set[asyncio.Task[None]] = {listening, watching, stopping}
        try:
            # A recording may end before that; what it gave is still to be delivered.
            while not stopping.done():
                ended, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in ended:
                    task.result()
        finally:
            for task in (listening, watching, stopping):
                task.cancel()
            await asyncio.gather(listening, watching, stopping, return_exceptions=True)
            self._offer(self._hearing.flush())
            await asyncio.to_thread(self._uplink.stop, timeout_s=_STOP_TIMEOUT_S)

    def take(self, burst: Burst) -> None:
        """Take what a source has yielded."""
        if isinstance(burst, Tick):
            self._take_tick(burst)
        elif isinstance(self._clock, FeedClock):
            self._take_fed(burst, self._clock)
        else:
            self._offer(self._hearing.hear(burst))

    async def _listen(self) -> None:
        async for burst in self._source.bursts():
            try:
                self.take(burst)
            except Exception:  # supervisor: one bad burst must not end hearing
                if not self._faults["burst_failed"]:
                    logger.exception("adverts could not be taken, hearing goes on")
                self._faults["burst_failed"] += 1
            # A feed that never pauses must not keep timers and signals waiting.
            await asyncio.sleep(0)

    async def _watch(self) -> None:
        """What happens by the clock of the machine: windows, health, and whether all is alive."""
        while True:
            await asyncio.sleep(self._step_s)
            if not isinstance(self._clock, FeedClock):
                self._advance()
            self._publish_health_if_due(time.monotonic())
            if not self._uplink.is_alive:
                raise EdgeAgentError("the uplink's thread has died; the log says why")

    def _advance(self) -> None:
        """Close windows by the system's clock; one that was put back would keep them open."""
        now_ms = self._clock.now_ms()
        if now_ms is None:
            return
        if now_ms < self._advanced_ms - JUMP_BACK_MS:
            logger.warning("clock was put back: by_s=%.0f", (self._advanced_ms - now_ms) / 1000)
            self._faults["clock_put_back"] += 1
            self._offer(self._hearing.start_again())
        self._advanced_ms = now_ms
        self._offer(self._hearing.advance(now_ms))

    def _take_fed(self, adverts: list[Advert], clock: FeedClock) -> None:
        first_ms = adverts[0].heard_at_ms
        self._start_again_if_back(first_ms, clock)
        clock.note_heard(first_ms)
        rows = self._hearing.close_due(first_ms)
        self._offer(rows + self._hearing.hear(adverts))

    def _take_tick(self, tick: Tick) -> None:
        if not isinstance(self._clock, FeedClock):
            return
        self._start_again_if_back(tick.at_ms, self._clock)
        chunks = encode_rows(self._hearing.flush())
        self._hearing.advance(tick.at_ms)
        # Only the last batch carries the new time: with it the server's clock may move, because
        # everything heard before has arrived.
        for chunk in chunks[:-1]:
            self._keep(chunk)
        self._clock.tick(tick.at_ms)
        self._keep(chunks[-1])

    def _start_again_if_back(self, at_ms: int, clock: FeedClock) -> None:
        if clock.has_jumped_back(at_ms):
            logger.warning("feed was started again, its time has jumped back: at_ms=%d", at_ms)
            self._faults["feed_restarted"] += 1
            self._offer(self._hearing.start_again())
            clock.start_again()

    def _offer(self, rows: list[SightingRow]) -> None:
        if rows:
            for chunk in encode_rows(rows):
                self._keep(chunk)

    def _keep(self, rows: bytes) -> None:
        now_ms = self._clock.now_ms()
        if now_ms is None:
            self._faults["clock_unset"] += 1
            return
        batch = NewBatch(rows, self._boot_id, self._clock.quality(), now_ms)
        if not self._uplink.offer(batch):
            self._faults["spool_too_slow"] += 1

    def _publish_health_if_due(self, now_s: float) -> None:
        """Every interval, and soon after each new connection."""
        uplink = self._uplink.status
        sent_at_ms = self._clock.now_ms()
        fresh_link = uplink.connects != self._connects_seen
        if sent_at_ms is None or not (now_s >= self._health_at_s or fresh_link):
            return
        self._connects_seen = uplink.connects
        self._health_at_s = now_s + self._settings.health.interval_s
        before_s, adverts_before = self._health_before
        self._health_before = (now_s, self._hearing.adverts)
        rate = (self._hearing.adverts - adverts_before) / max(now_s - before_s, 1e-3)
        gateway = self._settings.gateway
        health = compose_health(
            org=gateway.org,
            store=gateway.store,
            gateway=gateway.gateway,
            boot_id=self._boot_id,
            version=self._version,
            sent_at_ms=sent_at_ms,
            clock=self._clock.quality(),
            uptime_s=now_s - self._started_s,
            heard=self._heard(rate),
            uplink=uplink,
            machine=read_machine(),
        )
        self._uplink.publish_health(health)

    def _heard(self, adverts_per_s: float) -> Heard:
        return Heard(
            adverts=self._hearing.adverts,
            adverts_per_s=adverts_per_s,
            frames=self._hearing.frames,
            dropped=self._hearing.dropped + self._source.dropped + self._faults,
            live_identities=self._hearing.live_identities,
        )


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()
