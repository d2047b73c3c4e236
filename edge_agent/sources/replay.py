"""A recorded file as if it were heard now: same order, same pauses, times moved to the present."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

from edge_agent.advert import Burst
from edge_agent.clocks import GatewayClock
from edge_agent.errors import SourceError
from edge_agent.recording import read_recording

logger = logging.getLogger(__name__)

# A pause below this is not worth a wake-up.
_SHORTEST_PAUSE_S = 0.02


class ReplaySource:
    """Adverts of a recording, paced by its times."""

    def __init__(self, path: Path, *, speed: float, clock: GatewayClock) -> None:
        """Prepare.

        Args:
            path: JSONL or hcidump text.
            speed: 2.0 plays twice as fast.
            clock: gives the present, into which the adverts are moved.
        """
        self._path = path
        self._speed = speed
        self._clock = clock
        self.dropped: Counter[str] = Counter()
        self.radio = None

    async def bursts(self) -> AsyncIterator[Burst]:
        """One advert at a time; ends with the file.

        Raises:
            SourceError: the file cannot be read.
        """
        loop = asyncio.get_running_loop()
        started_s = loop.time()
        first_ms: int | None = None
        try:
            with self._path.open(encoding="utf-8", errors="replace") as lines:
                for advert in read_recording(lines, faults=self.dropped):
                    first_ms = advert.heard_at_ms if first_ms is None else first_ms
                    due_s = started_s + (advert.heard_at_ms - first_ms) / 1000 / self._speed
                    pause_s = due_s - loop.time()
                    if pause_s > _SHORTEST_PAUSE_S:
                        await asyncio.sleep(pause_s)
                    now_ms = self._clock.now_ms()
                    if now_ms is None:
                        self.dropped["clock_unset"] += 1
                        continue
                    yield [advert._replace(heard_at_ms=now_ms)]
        except OSError as error:
            raise SourceError(
                f"recording {self._path} cannot be read: {error.strerror}; see [source] file"
            ) from error
        logger.info("recording has ended: path=%s", self._path)
