"""The shell around the pure core: source -> hearing -> spool and uplink, started and stopped here.

Two clocks drive it. With a radio or a recording the system's clock closes windows, on a timer.
With a feed the feed's ticks do: a tick closes every window, and sends a batch even when
nothing was heard, so that the server's event clock moves.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Sequence

from edge_agent.advert import Burst, Heard, Tick
from edge_agent.batching import MOST_ROWS, encode_foreign, encode_rows, grade_of
from edge_agent.clocks import JUMP_BACK_MS, FeedClock, GatewayClock
from edge_agent.config_trial import ConfigTrial
from edge_agent.errors import EdgeAgentError
from edge_agent.hearing import Hearing
from edge_agent.mqtt_uplink import MqttUplink
from edge_agent.settings import EdgeSettings
from edge_agent.shedding import Grade
from edge_agent.sources import AdvertSource
from edge_agent.spool import NewBatch
from edge_agent.vital_signs import VitalSigns
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
    ) -> None:
        self.faults: Counter[str] = Counter()
        self._source = source
        self._clock = clock
        self._hearing = hearing
        self._uplink = uplink
        self._boot_id = boot_id
        self._advanced_ms = 0
        # Windows are looked at twice per window, so that none is late by more than half of one.
        self._step_s = min(0.5, settings.window.seconds / 2)

    def dropped(self) -> Counter[str]:
        """What was not used, by reason: of the hearing, of the source, and our own faults."""
        return self._hearing.dropped + self._source.dropped + self.faults

    async def run(
        self, stop: asyncio.Event, *, signs: VitalSigns, trial: ConfigTrial | None = None
    ) -> None:
        """Work until `stop` is set; then write what was heard, say goodbye and return.

        Args:
            stop: set by a signal, or by a configuration that asks for a new start.
            signs: tells how this run is.
            trial: watches the configuration of this run.

        Raises:
            EdgeAgentError: the source cannot be opened, or the uplink's thread has died.
        """
        self._uplink.start()
        listening = asyncio.create_task(self._listen())
        watching = asyncio.create_task(self._watch(stop, signs=signs, trial=trial))
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
                if not self.faults["burst_failed"]:
                    logger.exception("adverts could not be taken, hearing goes on")
                self.faults["burst_failed"] += 1
            # A feed that never pauses must not keep timers and signals waiting.
            await asyncio.sleep(0)

    async def _watch(
        self, stop: asyncio.Event, *, signs: VitalSigns, trial: ConfigTrial | None
    ) -> None:
        """What happens by the clock of the machine: windows, health, and whether all is alive."""
        while True:
            await asyncio.sleep(self._step_s)
            if not isinstance(self._clock, FeedClock):
                self._advance()
            now_s = time.monotonic()
            signs.tell(now_s)
            if trial is not None and trial.asks_for_new_start(now_s):
                stop.set()
            if not self._uplink.is_alive:
                raise EdgeAgentError("the uplink's thread has died; the log says why")

    def _advance(self) -> None:
        """Close windows by the system's clock; one that was put back would keep them open."""
        now_ms = self._clock.now_ms()
        if now_ms is None:
            return
        if now_ms < self._advanced_ms - JUMP_BACK_MS:
            logger.warning("clock was put back: by_s=%.0f", (self._advanced_ms - now_ms) / 1000)
            self.faults["clock_put_back"] += 1
            self._offer(self._hearing.start_again())
        self._advanced_ms = now_ms
        # In pieces: thousands of windows may be over at once, and their rows take megabytes.
        while rows := self._hearing.close_due(now_ms, most=MOST_ROWS):
            self._offer(rows)
        self._hearing.advance(now_ms)
        self._offer_foreign(now_ms)

    def _take_fed(self, adverts: Sequence[Heard], clock: FeedClock) -> None:
        first_ms = adverts[0][0]
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
        self._offer_foreign(tick.at_ms)
        # Only the last batch carries the new time: with it the server's clock may move, because
        # everything heard before has arrived.
        for chunk in chunks[:-1]:
            self._keep(chunk)
        self._clock.tick(tick.at_ms)
        self._keep(chunks[-1])

    def _start_again_if_back(self, at_ms: int, clock: FeedClock) -> None:
        if clock.has_jumped_back(at_ms):
            logger.warning("feed was started again, its time has jumped back: at_ms=%d", at_ms)
            self.faults["feed_restarted"] += 1
            self._offer(self._hearing.start_again())
            clock.start_again()

    def _offer(self, rows: list[SightingRow]) -> None:
        if rows:
            for chunk in encode_rows(rows):
                self._keep(chunk, grade=grade_of(rows))

    def _offer_foreign(self, now_ms: int) -> None:
        if count := self._hearing.foreign_due(now_ms):
            self._keep(encode_foreign(count), grade=Grade.FOREIGN)

    def _keep(self, rows: bytes, *, grade: Grade = Grade.WINDOWS) -> None:
        now_ms = self._clock.now_ms()
        if now_ms is None:
            self.faults["clock_unset"] += 1
            return
        batch = NewBatch(rows, self._boot_id, self._clock.quality(), now_ms, grade)
        if not self._uplink.offer(batch):
            self.faults["spool_too_slow"] += 1


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()
