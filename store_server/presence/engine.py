"""The interface of presence: observations in, zone events and estimates out.

Whatever stands behind it keeps these promises:

- events `enter`, `dwell`, `exit` strictly alternate per device and zone, and their times never
  go back for one device;
- an answer at time t depends on nothing later than t;
- ids follow from (organisation, store, device, zone, time of entry), so a replay names the same
  event the same;
- a published engine is never changed: whoever wants to go on takes a `fork()`.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple, Protocol

from store_server.ids import Scope, ZoneId, natural_id
from store_server.presence.observation import Observation

EventKind = Literal["enter", "dwell", "exit"]
ExitReason = Literal["moved", "silence", "withdrawn"]


class ZoneEvent(NamedTuple):
    """What the server concludes about one device and one zone.

    `t` is when it was so, `entered_at_t` when the stay began, `dwell_s` the mark that was
    reached (dwell) or the length of the stay (exit); `reason` says why a stay ended.
    """

    id: str
    kind: EventKind
    device: str
    zone: ZoneId
    t: float
    entered_at_t: float
    dwell_s: float
    reason: ExitReason | None = None


class Estimate(NamedTuple):
    """Where a device is believed to be at `t`; None where nothing honest can be said."""

    device: str
    t: float
    zone: ZoneId | None
    x: float | None
    y: float | None
    confidence: float
    radius_m: float | None
    last_seen_t: float


class Stay(NamedTuple):
    """An open stay, as it is given back to an engine after a restart."""

    device: str
    zone: ZoneId
    entered_at_t: float
    last_seen_t: float


class PresenceEngine(Protocol):
    """The port that every implementation fits."""

    def observe(self, observation: Observation) -> list[ZoneEvent]:
        """Take one observation; the zone events that are certain now, in order of time."""
        ...

    def advance(self, t: float) -> list[ZoneEvent]:
        """Let time pass to `t`; what silence and waiting made certain, by (t, device, zone)."""
        ...

    def estimate(self, device: str, t: float) -> Estimate | None:
        """Where `device` is at `t`; None when nothing is known of it."""
        ...

    def devices(self) -> tuple[str, ...]:
        """The devices that something is known of, sorted."""
        ...

    def fork(self, *, dwell_marks_s: Iterable[float] = ()) -> "PresenceEngine":
        """A copy that can be changed without changing this one; cheap.

        Args:
            dwell_marks_s: after how many seconds of a stay a dwell event is wanted, beside the
                marks of the policy.
        """
        ...

    def restore(self, stays: Iterable[Stay], *, ended: Mapping[str, float] | None = None) -> None:
        """Take up open stays after a restart, as if the device had been heard at `last_seen_t`.

        Args:
            stays: at most one for each device.
            ended: until when devices without an open stay were spoken of before; nothing that
                comes late may be put before that.
        """
        ...

    def forget(self, device: str) -> None:
        """Know nothing of `device` any more, without an event (a shopper withdrew consent)."""
        ...

    def knows(self, device: str) -> bool:
        """Whether anything at all is kept of `device`, also when it is long silent."""
        ...

    def takes(self, device: str, t: float) -> bool:
        """Whether a sighting of `device` at `t` can still count; one that cannot is history."""
        ...

    def known(self) -> tuple[str, ...]:
        """All devices that anything is kept of, sorted."""
        ...

    def snapshot(self) -> bytes:
        """What the engine knows beside its devices, and what it goes by; small."""
        ...

    def states(self, devices: Iterable[str]) -> dict[str, bytes]:
        """All that is known of each of these devices, each of which `known` names."""
        ...

    def resume(self, snapshot: bytes, states: Mapping[str, bytes]) -> None:
        """Know exactly what the engine knew whose `snapshot` and `states` these are.

        To the last bit: what follows from the same observations and advances is the same.

        Raises:
            ValueError: the bytes are of another engine, another version of it, other settings
                or another site, or damaged; nothing is changed then.
        """
        ...


def zone_event_id(
    scope: Scope,
    *,
    kind: EventKind,
    device: str,
    zone: str,
    entered_at_t: float,
    mark_s: float = 0.0,
) -> str:
    """The name of a zone event: the same after a crash and a replay."""
    return natural_id(
        "zone_event",
        scope.org,
        scope.store,
        device,
        zone,
        round(entered_at_t * 1000),
        kind,
        round(mark_s * 1000),
    )
