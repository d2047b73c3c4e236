"""The pure pipeline from adverts to sighting rows: decode, refuse, count, window.

Nothing is decided here about shoppers. A frame without an identity (telemetry, a foreign
device, bytes that say nothing) ends here as a number in a counter: its address and payload are not
kept. Times come with the adverts, so the same adverts give the same rows on every machine.
"""

from collections import Counter
from collections.abc import Iterable

from edge_agent.advert import Advert
from edge_agent.windows import WindowTable
from proximity_wire.frames import (
    EddystoneEtlm,
    EddystoneTlm,
    EddystoneUrl,
    Foreign,
    Frame,
    IdentityFrame,
    decode_advert,
)
from proximity_wire.messages import SightingRow

# Below no receiver hears, above the sender would sit in the antenna; 127 means "not measured".
# Source: Core Spec Vol 4 Part E 7.7.65.2 for 127; the limits are those of real captures.
LEAST_RSSI_DBM = -115
MOST_RSSI_DBM = -10


def name_of(frame: Frame | None) -> str:
    """Under what name a frame is counted: its kind, or the family of a foreign one."""
    match frame:
        case None:
            return "unknown"
        case EddystoneTlm():
            return "tlm"
        case EddystoneEtlm():
            return "etlm"
        case EddystoneUrl():
            return "url"
        case Foreign(name=name):
            return name
        case _:
            return frame.kind


class Hearing:
    """What one gateway has heard since its start: open windows and counters."""

    def __init__(self, windows: WindowTable) -> None:
        self._windows = windows
        self.adverts = 0
        self.frames: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()

    @property
    def live_identities(self) -> int:
        """Identities that were heard within the forget time."""
        return len(self._windows)

    def hear(self, adverts: Iterable[Advert]) -> list[SightingRow]:
        """Rows that are due because of `adverts`: first sightings, and windows cut short."""
        rows: list[SightingRow] = []
        hear, frames, dropped = self._windows.hear, self.frames, self.dropped
        for heard_at_ms, _, ad, rssi_dbm in adverts:
            self.adverts += 1
            if not LEAST_RSSI_DBM <= rssi_dbm <= MOST_RSSI_DBM:
                dropped["implausible_rssi"] += 1
                continue
            frame = decode_advert(ad)
            if not isinstance(frame, IdentityFrame):
                frames[name_of(frame)] += 1
                continue
            kind = frame.kind
            frames[kind] += 1
            hear(
                (kind, frame.identity),
                heard_at_ms,
                rssi_dbm=rssi_dbm,
                measured_power_dbm=frame.measured_power_1m_dbm,
                rows=rows,
            )
        self._note_evictions()
        return rows

    def advance(self, now_ms: int) -> list[SightingRow]:
        """Rows of the windows that are over at `now_ms`."""
        rows = self._windows.close_due(now_ms)
        self._windows.forget_silent(now_ms)
        return rows

    def close_due(self, now_ms: int) -> list[SightingRow]:
        """Rows of the windows that are over at `now_ms`; cheap, nothing is forgotten."""
        return self._windows.close_due(now_ms)

    def flush(self) -> list[SightingRow]:
        """Rows of every open window, whether over or not."""
        return self._windows.close_all()

    def start_again(self) -> list[SightingRow]:
        """Rows of every open window; what is heard next is new (the clock has jumped back)."""
        return self._windows.forget_all()

    def _note_evictions(self) -> None:
        if self._windows.evicted:
            self.dropped["identity_table_full"] = self._windows.evicted
