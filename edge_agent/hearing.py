"""The pure pipeline from adverts to sighting rows: decode, refuse, count, window.

Nothing is decided here about shoppers. A frame without an identity (telemetry, a foreign
device, bytes that say nothing) ends here as a number in a counter: its address and payload are not
kept. Times come with the adverts, so the same adverts give the same rows on every machine.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from edge_agent.advert import Advert
from edge_agent.foreign_count import ForeignCounter
from edge_agent.telemetry import FIXED_KINDS
from edge_agent.windows import IdentityKey, WindowTable
from proximity_wire.frames import (
    AltBeacon,
    EddystoneEid,
    EddystoneEtlm,
    EddystoneTlm,
    EddystoneUid,
    EddystoneUrl,
    Foreign,
    Frame,
    IBeacon,
    IdentityFrame,
    ServiceToken,
    decode_advert,
)
from proximity_wire.messages import ForeignCount, Kind, SightingRow

# Below no receiver hears, above the sender would sit in the antenna; 127 means "not measured".
# Source: Core Spec Vol 4 Part E 7.7.65.2 for 127; the limits are those of real captures.
LEAST_RSSI_DBM = -115
MOST_RSSI_DBM = -10
NOT_MEASURED_DBM = 127

# By class, because an isinstance over a union costs as much as the rest of the loop.
# Payloads remembered as read; about twice what a busy store has at once.
_MOST_READ = 4_096
_KINDS: Final[dict[type[Frame | None], Kind]] = {
    IBeacon: "ibeacon",
    EddystoneEid: "eid",
    EddystoneUid: "uid",
    AltBeacon: "altbeacon",
    ServiceToken: "token",
}
_NAMES: Final[dict[type[Frame | None], str]] = {
    **_KINDS,
    type(None): "unknown",
    EddystoneTlm: "tlm",
    EddystoneEtlm: "etlm",
    EddystoneUrl: "url",
}


def name_of(frame: Frame | None) -> str:
    """Under what name a frame is counted: its kind, or the family of a foreign one."""
    return frame.name if isinstance(frame, Foreign) else _NAMES[type(frame)]


def refusal_of(rssi_dbm: int) -> str | None:
    """Why an advert of this loudness is not believed, or None when it is."""
    if LEAST_RSSI_DBM <= rssi_dbm <= MOST_RSSI_DBM:
        return None
    if rssi_dbm == NOT_MEASURED_DBM:
        return "rssi_not_measured"
    return "rssi_too_loud" if rssi_dbm > MOST_RSSI_DBM else "rssi_too_faint"


class Hearing:
    """What one gateway has heard since its start: open windows and counters."""

    def __init__(self, windows: WindowTable, *, foreign: ForeignCounter | None = None) -> None:
        """Start with nothing heard.

        Args:
            windows: the table of identities.
            foreign: counts foreign devices; None where the shop has not asked for it.
        """
        self._windows = windows
        self._telemetry = windows.telemetry
        self.foreign = foreign
        # A device says the same bytes many times: those with an identity are read once.
        self._read: dict[bytes, tuple[IdentityKey, int | None]] = {}
        self.adverts = 0
        self.frames: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()

    @property
    def live_identities(self) -> int:
        """Identities that were heard within the forget time."""
        return len(self._windows)

    def hear(self, adverts: Sequence[Advert]) -> list[SightingRow]:
        """Rows that are due because of `adverts`: first sightings, and windows cut short."""
        rows: list[SightingRow] = []
        hear, frames, read = self._windows.hear, self.frames, self._read
        self.adverts += len(adverts)
        for heard_at_ms, address, ad, rssi_dbm in adverts:
            if not LEAST_RSSI_DBM <= rssi_dbm <= MOST_RSSI_DBM:
                self.dropped[refusal_of(rssi_dbm) or ""] += 1
                continue
            known = read.get(ad)
            if known is None:
                frame = decode_advert(ad)
                kind = _KINDS.get(type(frame))
                if kind is None:
                    frames[name_of(frame)] += 1
                    if self.foreign is not None or type(frame) is EddystoneTlm:
                        self._note_nameless(frame, address, heard_at_ms)
                    continue
                named: IdentityFrame = frame  # type: ignore[assignment]  # looked up by its class
                if len(read) >= _MOST_READ:
                    read.clear()
                known = read[ad] = ((kind, named.identity), named.measured_power_1m_dbm)
            key, power_dbm = known
            frames[key[0]] += 1
            hear(
                key,
                heard_at_ms,
                rssi_dbm=rssi_dbm,
                measured_power_dbm=power_dbm,
                rows=rows,
                address=address if key[0] in FIXED_KINDS else "",
            )
        self._note_evictions()
        return rows

    def foreign_due(self, now_ms: int) -> ForeignCount | None:
        """The count of foreign devices of a period that is over at `now_ms`, where it is asked."""
        return self.foreign.close_due(now_ms) if self.foreign is not None else None

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

    def _note_nameless(self, frame: Frame | None, address: str, heard_at_ms: int) -> None:
        if isinstance(frame, EddystoneTlm):
            self._telemetry.hold(address, frame, heard_at_ms=heard_at_ms)
        elif isinstance(frame, Foreign) and self.foreign is not None:
            self.foreign.note(address, frame.name, heard_at_ms=heard_at_ms)

    def _note_evictions(self) -> None:
        if self._windows.evicted:
            self.dropped["identity_table_full"] = self._windows.evicted
