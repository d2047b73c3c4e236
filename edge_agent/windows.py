"""Windows per identity: a bounded table that turns adverts into sighting rows.

An identity that is new, or was silent for `forget_ms`, is a *first sighting*: it gets a row of
its own at once, so that a shopper at the door is not seen a window later. Every following
advert falls into a window, which opens with its first advert and closes `window_ms` later; one
row per window. The advert of a first sighting is not counted again in a window, so the
sum of all `count` is the number of adverts heard.

The table is bounded: when it is full, identities that have been silent are forgotten, then
the one that has been known for longest; its open window is closed, never lost.
"""

from itertools import islice
from typing import Final, final

from edge_agent.advert import Heard
from edge_agent.telemetry import FIXED_KINDS, Telemetry
from proximity_wire.messages import Kind, SightingRow, band_of

IdentityKey = tuple[Kind, str]
# When something was heard that never was.
_NEVER_MS: Final = -(10**15)


class FirstSighting(SightingRow, frozen=True):
    """A row that was told at once; on the wire like any other, but never shed before windows."""

    def __eq__(self, other: object) -> bool:
        """Equal to any row that says the same."""
        if not isinstance(other, SightingRow):
            return NotImplemented
        return all(
            getattr(self, name) == getattr(other, name) for name in SightingRow.__struct_fields__
        )

    def __hash__(self) -> int:
        return hash((self.kind, self.identity, self.first_at_ms))


class _Track:
    """What is known of one identity; mutable, because it is touched by every advert."""

    __slots__ = (
        "address",
        "count",
        "first_at_ms",
        "heard_at_ms",
        "key",
        "last_at_ms",
        "measured_power_dbm",
        "rssi_max_dbm",
        "rssi_sum_dbm",
    )

    first_at_ms: int
    last_at_ms: int
    rssi_sum_dbm: int
    rssi_max_dbm: int
    measured_power_dbm: int | None

    def __init__(self, key: IdentityKey) -> None:
        # The table's own: who reads the same bytes again need not keep a second one.
        self.key = key
        self.heard_at_ms = _NEVER_MS
        self.address = ""
        # Adverts in the open window; the rest is written when one opens.
        self.count = 0


@final
class Voice:
    """An identity as some payload states it, with its place in the table at hand.

    Made once for bytes that are heard many times, so that the table is not searched for each of
    them. One that was made before its identity was forgotten finds its new place by itself.
    """

    __slots__ = ("count", "fixed", "key", "measured_power_dbm", "track")

    def __init__(self, key: IdentityKey, *, measured_power_dbm: int | None, track: _Track) -> None:
        self.key = key
        self.measured_power_dbm = measured_power_dbm
        self.track = track
        self.fixed = key[0] in FIXED_KINDS
        # How often it was heard, for whoever counts.
        self.count = 0


class WindowTable:
    """Open windows of all identities heard of late; pure, the time comes with the adverts."""

    def __init__(
        self,
        *,
        window_ms: int,
        forget_ms: int,
        most: int,
        telemetry: Telemetry | None = None,
    ) -> None:
        """Make an empty table.

        Args:
            window_ms: length of a window.
            forget_ms: silence after which an identity counts as new.
            most: identities kept at once.
            telemetry: what rows of fixed beacons take their extras from.
        """
        self._window_ms = window_ms
        self._forget_ms = forget_ms
        self._most = most
        self.telemetry = Telemetry() if telemetry is None else telemetry
        self._tracks: dict[IdentityKey, _Track] = {}
        # Insertion order is opening order, so what is due stands in front.
        self._open: dict[IdentityKey, _Track] = {}
        self._due: list[SightingRow] = []
        self._swept_at_ms = _NEVER_MS
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._tracks)

    def voice(self, key: IdentityKey, *, measured_power_dbm: int | None) -> Voice:
        """What `hear` wants of an identity; nothing is heard yet."""
        track = self._tracks.get(key) or _Track(key)
        return Voice(track.key, measured_power_dbm=measured_power_dbm, track=track)

    def hear(self, voice: Voice, advert: Heard) -> None:
        """Take one advert of `voice`; a row that is due because of it waits for `take_due`."""
        heard_at_ms, address, _, rssi_dbm = advert
        track = voice.track
        if heard_at_ms - track.heard_at_ms >= self._forget_ms:
            known = self._tracks.get(voice.key)
            if known is None or heard_at_ms - known.heard_at_ms >= self._forget_ms:
                self._first(voice, advert)
                return
            voice.track = track = known
        count = track.count
        if not count:
            track.first_at_ms = track.last_at_ms = heard_at_ms
            track.rssi_sum_dbm = track.rssi_max_dbm = rssi_dbm
            self._open[voice.key] = track
        else:
            track.rssi_sum_dbm += rssi_dbm
            if rssi_dbm > track.rssi_max_dbm:  # noqa: PLR1730 (`max` costs three times as much)
                track.rssi_max_dbm = rssi_dbm
            # A datagram or a radio may hand over adverts slightly out of order.
            if heard_at_ms > track.last_at_ms:
                track.last_at_ms = heard_at_ms
            elif heard_at_ms < track.first_at_ms:
                track.first_at_ms = heard_at_ms
        track.count = count + 1
        track.heard_at_ms = heard_at_ms
        track.measured_power_dbm = voice.measured_power_dbm
        if voice.fixed:
            track.address = address

    def take_due(self) -> list[SightingRow]:
        """Rows that became due by hearing: first sightings, windows cut short."""
        due, self._due = self._due, []
        return due

    def close_due(self, now_ms: int, *, most: int | None = None) -> list[SightingRow]:
        """Rows of the windows that are over at `now_ms`, in the order in which they opened.

        Args:
            now_ms: the instant.
            most: rows given at once; the windows of the rest stay open until it is asked again.
        """
        due = []
        for entry in islice(self._open.items(), most):
            if entry[1].first_at_ms + self._window_ms > now_ms:
                break
            due.append(entry)
        return [self._close(key, track) for key, track in due]

    def close_all(self) -> list[SightingRow]:
        """Rows of every open window, in the order in which they opened."""
        return [self._close(key, track) for key, track in list(self._open.items())]

    def forget_silent(self, now_ms: int) -> None:
        """Forget identities that were silent for the forget time; their windows have closed.

        All are looked at, so it is done only ten times in a forget time.
        """
        if 0 <= now_ms - self._swept_at_ms < self._forget_ms // 10:
            return
        self._swept_at_ms = now_ms
        last_ms = now_ms - self._forget_ms
        silent = [
            key
            for key, track in self._tracks.items()
            if track.heard_at_ms <= last_ms and not track.count
        ]
        for key in silent:
            self._forget(key)

    def forget_all(self) -> list[SightingRow]:
        """Rows of every open window; afterwards nothing is known, each identity is new."""
        rows = self.close_all()
        for key in list(self._tracks):
            self._forget(key)
        return rows

    def _forget(self, key: IdentityKey) -> None:
        # Voices may still hold the track: to them it must look as if it had never been heard.
        self._tracks.pop(key).heard_at_ms = _NEVER_MS

    def _first(self, voice: Voice, advert: Heard) -> None:
        """A first sighting: a row at once, and the last place in the table."""
        key, power_dbm = voice.key, voice.measured_power_dbm
        heard_at_ms, _, _, rssi_dbm = advert
        track = self._tracks.pop(key, None)
        if track is None:
            track = voice.track
        elif track.count:
            self._due.append(self._close(key, track))
        if len(self._tracks) >= self._most:
            self._make_room(heard_at_ms)
        voice.track = self._tracks[key] = track
        track.heard_at_ms = heard_at_ms
        track.address = ""
        # In the order of the fields; by name it takes twice as long.
        self._due.append(
            FirstSighting(
                key[0],
                key[1],
                heard_at_ms,
                heard_at_ms,
                1,
                rssi_dbm,
                rssi_dbm,
                power_dbm,
                band_of(rssi_dbm, power_dbm),
            )
        )

    def _make_room(self, now_ms: int) -> None:
        self.forget_silent(now_ms)
        if len(self._tracks) < self._most:
            return
        key, track = next(iter(self._tracks.items()))
        if track.count:
            self._due.append(self._close(key, track))
        self._forget(key)
        self.evicted += 1

    def _close(self, key: IdentityKey, track: _Track) -> SightingRow:
        del self._open[key]
        count, address, loudest_dbm = track.count, track.address, track.rssi_max_dbm
        sum_dbm, track.count, track.rssi_sum_dbm = track.rssi_sum_dbm, 0, 0
        # In the order of the fields; by name it takes twice as long.
        return SightingRow(
            key[0],
            key[1],
            track.first_at_ms,
            track.last_at_ms,
            count,
            loudest_dbm if count == 1 else round(sum_dbm / count, 2),
            loudest_dbm,
            track.measured_power_dbm,
            band_of(loudest_dbm, track.measured_power_dbm),
            self.telemetry.take(address, at_ms=track.last_at_ms) if address else None,
        )
