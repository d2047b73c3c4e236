"""Windows per identity: a bounded table that turns adverts into sighting rows.

An identity that is new, or was silent for `forget_ms`, is a *first sighting*: it gets a row of
its own at once, so that a shopper at the door is not seen a window later. Every following
advert falls into a window, which opens with its first advert and closes `window_ms` later; one
row per window. The advert of a first sighting is not counted again in a window, so the
sum of all `count` is the number of adverts heard.

The table is bounded: when it is full, identities that have been silent are forgotten, then
the one that has been known for longest; its open window is closed, never lost.
"""

from collections.abc import Iterator

from edge_agent.telemetry import Telemetry
from proximity_wire.messages import Kind, SightingRow, band_of

IdentityKey = tuple[Kind, str]


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
        "last_at_ms",
        "measured_power_dbm",
        "rssi_max_dbm",
        "rssi_sum_dbm",
    )

    def __init__(self, heard_at_ms: int) -> None:
        self.heard_at_ms = heard_at_ms
        self.first_at_ms = self.last_at_ms = heard_at_ms
        self.count = 0
        self.rssi_sum_dbm = self.rssi_max_dbm = 0
        self.measured_power_dbm: int | None = None
        self.address = ""


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
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._tracks)

    def hear(
        self,
        key: IdentityKey,
        heard_at_ms: int,
        *,
        rssi_dbm: int,
        measured_power_dbm: int | None,
        rows: list[SightingRow],
        address: str = "",
    ) -> None:
        """Take one advert; a row that is due because of it is appended to `rows`.

        `address` joins telemetry to a fixed beacon and stays empty for everything else.
        """
        track = self._tracks.get(key)
        if track is None or heard_at_ms - track.heard_at_ms >= self._forget_ms:
            self._first(
                key, heard_at_ms, rssi_dbm=rssi_dbm, power_dbm=measured_power_dbm, rows=rows
            )
            return
        if not track.count:
            track.first_at_ms = track.last_at_ms = heard_at_ms
            track.rssi_sum_dbm = track.rssi_max_dbm = rssi_dbm
            self._open[key] = track
        else:
            track.rssi_sum_dbm += rssi_dbm
            track.rssi_max_dbm = max(track.rssi_max_dbm, rssi_dbm)
            # A datagram or a radio may hand over adverts slightly out of order.
            if heard_at_ms > track.last_at_ms:
                track.last_at_ms = heard_at_ms
            elif heard_at_ms < track.first_at_ms:
                track.first_at_ms = heard_at_ms
        track.count += 1
        track.heard_at_ms = heard_at_ms
        track.measured_power_dbm = measured_power_dbm
        track.address = address

    def close_due(self, now_ms: int) -> list[SightingRow]:
        """Rows of the windows that are over at `now_ms`, in the order in which they opened."""
        due = []
        for entry in self._open.items():
            if entry[1].first_at_ms + self._window_ms > now_ms:
                break
            due.append(entry)
        return [self._close(key, track) for key, track in due]

    def close_all(self) -> list[SightingRow]:
        """Rows of every open window, in the order in which they opened."""
        return [self._close(key, track) for key, track in list(self._open.items())]

    def forget_silent(self, now_ms: int) -> None:
        """Forget identities that were silent for the forget time; their windows have closed."""
        for key in list(self._silent(now_ms)):
            del self._tracks[key]

    def forget_all(self) -> list[SightingRow]:
        """Rows of every open window; afterwards nothing is known, each identity is new."""
        rows = self.close_all()
        self._tracks.clear()
        return rows

    def _silent(self, now_ms: int) -> Iterator[IdentityKey]:
        for key, track in self._tracks.items():
            if now_ms - track.heard_at_ms >= self._forget_ms and not track.count:
                yield key

    def _first(
        self,
        key: IdentityKey,
        heard_at_ms: int,
        *,
        rssi_dbm: int,
        power_dbm: int | None,
        rows: list[SightingRow],
    ) -> None:
        waiting = self._tracks.pop(key, None)
        if waiting is not None and waiting.count:
            rows.append(self._close(key, waiting))
        if len(self._tracks) >= self._most:
            self._make_room(heard_at_ms, rows)
        self._tracks[key] = _Track(heard_at_ms)
        rows.append(
            FirstSighting(
                kind=key[0],
                identity=key[1],
                first_at_ms=heard_at_ms,
                last_at_ms=heard_at_ms,
                count=1,
                rssi_mean_dbm=rssi_dbm,
                rssi_max_dbm=rssi_dbm,
                measured_power_dbm=power_dbm,
                band=band_of(rssi_dbm, power_dbm),
            )
        )

    def _make_room(self, now_ms: int, rows: list[SightingRow]) -> None:
        self.forget_silent(now_ms)
        if len(self._tracks) < self._most:
            return
        key, track = next(iter(self._tracks.items()))
        if track.count:
            rows.append(self._close(key, track))
        del self._tracks[key]
        self.evicted += 1

    def _close(self, key: IdentityKey, track: _Track) -> SightingRow:
        del self._open[key]
        row = SightingRow(
            kind=key[0],
            identity=key[1],
            first_at_ms=track.first_at_ms,
            last_at_ms=track.last_at_ms,
            count=track.count,
            rssi_mean_dbm=round(track.rssi_sum_dbm / track.count, 2),
            rssi_max_dbm=track.rssi_max_dbm,
            measured_power_dbm=track.measured_power_dbm,
            band=band_of(track.rssi_max_dbm, track.measured_power_dbm),
            extras=self.telemetry.take(track.address, at_ms=track.last_at_ms)
            if track.address
            else None,
        )
        track.count = 0
        return row
