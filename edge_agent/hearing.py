"""The pure pipeline from adverts to sighting rows: decode, refuse, count, window.

Nothing is decided here about shoppers. A frame without an identity (telemetry, a foreign
device, bytes that say nothing) ends here as a number in a counter: its address and payload are not
kept. Times come with the adverts, so the same adverts give the same rows on every machine.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final, cast, final

from edge_agent.advert import Heard
from edge_agent.foreign_count import ForeignCounter
from edge_agent.windows import Voice, WindowTable
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

# What bytes said is remembered for as long as devices repeat them, and no longer: those of
# other people's phones are among them. The number is about twice what a busy store has at once.
REMEMBER_MS = 10_000
_MOST_READ = 8_192
# By class, because an isinstance over a union costs as much as the rest of the loop.
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
    return _NAMES.get(type(frame)) or cast(Foreign, frame).name


def refusal_of(rssi_dbm: int) -> str | None:
    """Why an advert of this loudness is not believed, or None when it is."""
    if LEAST_RSSI_DBM <= rssi_dbm <= MOST_RSSI_DBM:
        return None
    if rssi_dbm == NOT_MEASURED_DBM:
        return "rssi_not_measured"
    return "rssi_too_loud" if rssi_dbm > MOST_RSSI_DBM else "rssi_too_faint"


@final
class _Nameless:
    """What bytes say that name nobody: what to count them as, and the frame where it is wanted."""

    __slots__ = ("count", "frame", "name")

    def __init__(self, name: str, frame: Frame | None) -> None:
        self.name = name
        self.frame = frame
        # How often they were heard, as far as that was not added to the sums by name.
        self.count = 0


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
        # Frames without an identity of which more is wanted than their number.
        self._wanted = {EddystoneTlm} if foreign is None else {EddystoneTlm, Foreign}
        # A device says the same bytes many times; they are read once.
        self._read: dict[bytes, Voice | _Nameless] = {}
        self._read_since_ms = 0
        self.adverts = 0
        self._frames: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()

    @property
    def live_identities(self) -> int:
        """Identities that were heard within the forget time."""
        return len(self._windows)

    @property
    def frames(self) -> Counter[str]:
        """Adverts by kind of frame."""
        for read in self._read.values():
            self._frames[read.key[0] if type(read) is Voice else read.name] += read.count
            read.count = 0
        return self._frames

    def hear(self, adverts: Sequence[Heard]) -> list[SightingRow]:
        """Rows that are due because of `adverts`: first sightings, and windows cut short."""
        hear, known = self._windows.hear, self._read.get
        self.adverts += len(adverts)
        for advert in adverts:
            heard_at_ms, address, ad, rssi_dbm = advert
            if not LEAST_RSSI_DBM <= rssi_dbm <= MOST_RSSI_DBM:
                self.dropped[refusal_of(rssi_dbm) or ""] += 1
                continue
            read = known(ad) or self._read_new(ad)
            read.count += 1
            if type(read) is Voice:
                hear(read, advert)
            elif read.frame is not None:
                self._note_nameless(read.frame, address, heard_at_ms)
        self._note_evictions()
        return self._windows.take_due()

    def foreign_due(self, now_ms: int) -> ForeignCount | None:
        """The count of foreign devices of a period that is over at `now_ms`, where it is asked."""
        return self.foreign.close_due(now_ms) if self.foreign is not None else None

    def advance(self, now_ms: int) -> list[SightingRow]:
        """Rows of the windows that are over at `now_ms`."""
        rows = self._windows.close_due(now_ms)
        self._windows.forget_silent(now_ms)
        if not 0 <= now_ms - self._read_since_ms < REMEMBER_MS:
            self._forget_read()
            self._read_since_ms = now_ms
        return rows

    def close_due(self, now_ms: int, *, most: int | None = None) -> list[SightingRow]:
        """Rows of the windows that are over at `now_ms`, `most` of them; nothing is forgotten."""
        return self._windows.close_due(now_ms, most=most)

    def flush(self) -> list[SightingRow]:
        """Rows of every open window, whether over or not."""
        return self._windows.close_all()

    def start_again(self) -> list[SightingRow]:
        """Rows of every open window; what is heard next is new (the clock has jumped back)."""
        return self._windows.forget_all()

    def _read_new(self, ad: bytes) -> Voice | _Nameless:
        """Decode `ad` and remember it; only what somebody wants to know stays of it."""
        frame = decode_advert(ad)
        kind = _KINDS.get(type(frame))
        if kind is not None:
            named: IdentityFrame = frame  # type: ignore[assignment]  # looked up by its class
            key, power_dbm = (kind, named.identity), named.measured_power_1m_dbm
            read: Voice | _Nameless = self._windows.voice(key, measured_power_dbm=power_dbm)
        else:
            read = _Nameless(name_of(frame), frame if type(frame) in self._wanted else None)
        if len(self._read) >= _MOST_READ:
            self._forget_read()
        self._read[ad] = read
        return read

    def _forget_read(self) -> None:
        self._frames = self.frames
        self._read.clear()

    def _note_nameless(self, frame: Frame, address: str, heard_at_ms: int) -> None:
        if isinstance(frame, EddystoneTlm):
            self._telemetry.hold(address, frame, heard_at_ms=heard_at_ms)
        elif isinstance(frame, Foreign) and self.foreign is not None:
            self.foreign.note(address, frame.name, heard_at_ms=heard_at_ms)

    def _note_evictions(self) -> None:
        if self._windows.evicted:
            self.dropped["identity_table_full"] = self._windows.evicted
