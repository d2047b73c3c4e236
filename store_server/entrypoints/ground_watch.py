"""Looks whether plan or survey are other ones than presence goes by, and builds the new engine.

On a thread of its own: fitting a survey takes seconds, and the writer must not wait for it. A
survey that is being walked changes with each reading; it is fitted when it has come to rest.
"""

from store_server.errors import TooMany
from store_server.flows.renew_presence import renew_presence, see_ground, show_survey_lines
from store_server.flows.rooms import Ground, StoreLive, StoreRooms
from store_server.writer import Priority, Reader, Writer

# Looks without a change of the survey before it is fitted: 20 s at a look every 5 s.
LOOKS_AT_REST = 4


class GroundWatch:
    """Looks for one store; `look` is called every few seconds, by one thread at a time."""

    def __init__(
        self, writer: Writer[StoreLive], reader: Reader[StoreLive], rooms: StoreRooms
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._rooms = rooms
        self._seen: Ground | None = None
        self._rested = 0

    def look(self) -> bool:
        """Whether presence goes by another ground now."""
        if self._rooms.engines is None:
            return False
        ground = self._reader.read(see_ground)
        if ground is None:
            self._seen, self._rested = None, 0
            return False
        resting = self._seen is not None and self._seen.survey == ground.survey
        self._rested = self._rested + 1 if resting else 0
        self._seen = ground
        live = self._rooms.live.ground
        same_survey = live is not None and live.survey == ground.survey
        if not same_survey and ground.survey.readings and self._rested < LOOKS_AT_REST:
            return False
        lines = self._reader.read(show_survey_lines) if ground.survey.readings else ()
        engine = self._rooms.engines(ground.plan, lines)
        try:
            renewed = self._writer.submit(
                Priority.SIGHTINGS, renew_presence, ground=ground, engine=engine
            )
        except TooMany:
            return False
        return bool(renewed.result())
