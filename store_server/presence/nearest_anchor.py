"""The first engine: the zone of the strongest smoothed anchor, with hysteresis and silence.

    unknown --leads for first_hold_s--> in zone --another leads by margin_db for hold_s--> moved
       ^                                   |
       +----------- silence ---------------+   (exit at the last sighting)

Timers (a hold that is over, a silence that lasts) are settled at the instant at which they fell
due, whether an observation or `advance` notices them; so the outcome does not depend on how
often somebody looks. A dwell mark counts only once a sighting after it still says the zone: a
phone that fell silent is not credited with staying. Each device is one immutable value, and a
fork shares them all until it writes.
"""

from collections.abc import Iterable, Mapping

from store_server.ids import Scope, ZoneId
from store_server.presence.anchor_levels import (
    Place,
    ZoneLevel,
    by_zone,
    fresh,
    heard,
    level_db,
    places_of,
)
from store_server.presence.engine import (
    Estimate,
    EventKind,
    ExitReason,
    Stay,
    ZoneEvent,
    zone_event_id,
)
from store_server.presence.nearest_device import (
    NEVER,
    Device,
    read_snapshot,
    site_mark,
    write_device,
    write_snapshot,
)
from store_server.presence.observation import Observation, believable
from store_server.presence.policy import PresencePolicy
from store_server.presence.position import estimate_of
from store_server.shop.floor_plan import FloorPlan

# How long a device is remembered after it fell silent, so that what comes late cannot be put
# before what was already said of it.
REMEMBERED_S = 3_600.0


class NearestAnchor:
    """`PresenceEngine` by the strongest anchor."""

    def __init__(
        self, plan: FloorPlan, *, scope: Scope, policy: PresencePolicy | None = None
    ) -> None:
        self._scope = scope
        self._policy = policy or PresencePolicy()
        self._marks = tuple(sorted(self._policy.dwell_marks_s))
        self._places: Mapping[str, Place] = places_of(plan)
        self._devices: dict[str, Device] = {}
        self._shared = False
        self._t = NEVER

    def observe(self, observation: Observation) -> list[ZoneEvent]:
        """See `PresenceEngine.observe`; what cannot be or is too old changes nothing."""
        place = self._places.get(observation.anchor)
        if place is None or not believable(observation):
            return []
        name, t = observation.device, observation.t
        if not self.takes(name, t):
            return []
        device = self._devices.get(name) or Device(t)
        events: list[ZoneEvent] = []
        device = self._settle(name, device, t, events)
        device = self._hear(device, observation, place)
        self._own()[name] = self._weigh(name, device, events)
        return events

    def advance(self, t: float) -> list[ZoneEvent]:
        """See `PresenceEngine.advance`."""
        self._t = max(self._t, t)
        events: list[ZoneEvent] = []
        changed: dict[str, Device | None] = {}
        for name, device in self._devices.items():
            settled = self._settle(name, device, t, events)
            if settled.zone is None and t - settled.last_t > REMEMBERED_S:
                changed[name] = None
            elif settled is not device:
                changed[name] = settled
        self._replace(changed)
        # Stable: what one device did at the same instant stays in the order in which it did it.
        events.sort(key=lambda event: (event.t, event.device))
        return events

    def estimate(self, device: str, t: float) -> Estimate | None:
        """See `PresenceEngine.estimate`; nothing later than what was observed is used."""
        known = self._devices.get(device)
        if known is None or self._silent_at(known) <= t:
            return None
        levels = fresh(known.levels, self._places, known.last_t, policy=self._policy)
        return estimate_of(
            device,
            known.zone,
            t,
            last_seen_t=known.last_t,
            levels=levels,
            places=self._places,
            policy=self._policy,
        )

    def devices(self) -> tuple[str, ...]:
        """The devices that were not silent when time was last advanced, sorted."""
        return tuple(sorted(n for n, d in self._devices.items() if self._silent_at(d) > self._t))

    def fork(self, *, dwell_marks_s: Iterable[float] = ()) -> "NearestAnchor":
        """A copy in constant time; the first change of either copies the table of devices."""
        copy = object.__new__(NearestAnchor)
        copy.__dict__.update(self.__dict__)
        copy._shared = self._shared = True
        copy._marks = tuple(sorted({*self._policy.dwell_marks_s, *dwell_marks_s}))
        return copy

    def restore(self, stays: Iterable[Stay], *, ended: Mapping[str, float] | None = None) -> None:
        """Take up open stays; `ended` tells until when devices were spoken of before."""
        devices = self._own()
        for name, t in (ended or {}).items():
            devices[name] = Device(t, floor_t=t)
        for stay in stays:
            stayed_s = stay.last_seen_t - stay.entered_at_t
            devices[stay.device] = Device(
                stay.last_seen_t,
                gateway_t=stay.last_seen_t,
                zone=stay.zone,
                entered_t=stay.entered_at_t,
                dwelled_s=max((mark for mark in self._marks if mark <= stayed_s), default=0.0),
                floor_t=stay.entered_at_t,
            )

    def forget(self, device: str) -> None:
        """See `PresenceEngine.forget`."""
        self._own().pop(device, None)

    def knows(self, device: str) -> bool:
        """See `PresenceEngine.knows`."""
        return device in self._devices

    def takes(self, device: str, t: float) -> bool:
        """See `PresenceEngine.takes`."""
        if (known := self._devices.get(device)) is None:
            return t >= self._t - REMEMBERED_S
        return t >= max(known.last_t - self._policy.reorder_s, known.floor_t)

    def known(self) -> tuple[str, ...]:
        """See `PresenceEngine.known`."""
        return tuple(sorted(self._devices))

    def snapshot(self) -> bytes:
        """See `PresenceEngine.snapshot`."""
        return write_snapshot(site_mark(self._places, self._policy), t=self._t)

    def states(self, devices: Iterable[str]) -> dict[str, bytes]:
        """See `PresenceEngine.states`."""
        return {name: write_device(self._devices[name]) for name in devices}

    def resume(self, snapshot: bytes, states: Mapping[str, bytes]) -> None:
        """See `PresenceEngine.resume`."""
        site = site_mark(self._places, self._policy)
        self._t, self._devices = read_snapshot(snapshot, states, site=site)
        self._shared = False

    def _hear(self, device: Device, observation: Observation, place: Place) -> Device:
        policy, t = self._policy, observation.t
        db = level_db(observation, place, default_power_dbm=policy.default_power_dbm)
        return device._replace(
            last_t=max(device.last_t, t),
            gateway_t=device.gateway_t if place.is_beacon else max(device.gateway_t, t),
            beacon_t=max(device.beacon_t, t) if place.is_beacon else device.beacon_t,
            levels=heard(device.levels, observation, db, policy=policy),
        )

    def _weigh(self, name: str, device: Device, events: list[ZoneEvent]) -> Device:
        """Who leads now; what that means for a rival and for dwell marks."""
        t = device.last_t
        levels = fresh(device.levels, self._places, t, policy=self._policy)
        leader = self._leader(device.zone, by_zone(levels, self._places, t))
        if leader is None or leader == device.zone:
            device = device._replace(levels=levels, rival=None)
            return self._dwell(name, device, t, events) if leader else device
        if leader != device.rival:
            return device._replace(levels=levels, rival=leader, rival_since_t=t)
        return device._replace(levels=levels)

    def _leader(self, zone: ZoneId | None, best: Mapping[ZoneId, ZoneLevel]) -> ZoneId | None:
        """The zone to be in by levels alone: the current one unless another leads enough."""
        policy = self._policy
        top = max(best, key=lambda name: (best[name].db, name), default=None)
        if top is None or best[top].db < policy.floor_db:
            return zone if zone in best else None
        held = best.get(zone) if zone is not None else None
        if held is None:
            return top
        across = held.is_beacon != best[top].is_beacon
        margin_db = policy.margin_db + (policy.family_margin_db if across else 0.0)
        return top if best[top].db > held.db + margin_db else zone

    def _settle(self, name: str, device: Device, t: float, events: list[ZoneEvent]) -> Device:
        """What fell due by `t`, at the time it fell due: the move first, then the silence."""
        if device.rival is not None:
            hold_s = self._policy.first_hold_s if device.zone is None else self._policy.hold_s
            due_t = max(device.rival_since_t + hold_s, device.floor_t)
            if due_t <= t and due_t <= self._silent_at(device):
                device = self._move(name, device, due_t, events)
        if device.zone is not None and self._silent_at(device) <= t:
            left_t = max(device.last_t, device.floor_t)
            self._exit(name, device, left_t, reason="silence", events=events)
            device = Device(device.last_t, device.gateway_t, device.beacon_t, floor_t=left_t)
        return device

    def _move(self, name: str, device: Device, t: float, events: list[ZoneEvent]) -> Device:
        zone = device.rival
        assert zone is not None
        if device.zone is not None:
            self._exit(name, device, t, reason="moved", events=events)
        events.append(self._event("enter", name, zone, t=t, entered_t=t))
        return device._replace(zone=zone, entered_t=t, dwelled_s=0.0, rival=None, floor_t=t)

    def _dwell(self, name: str, device: Device, t: float, events: list[ZoneEvent]) -> Device:
        zone = device.zone
        assert zone is not None
        for mark_s in self._marks:
            if mark_s > device.dwelled_s and device.entered_t + mark_s <= t:
                at_t = device.entered_t + mark_s
                event = self._event(
                    "dwell", name, zone, t=at_t, entered_t=device.entered_t, dwell_s=mark_s
                )
                events.append(event)
                device = device._replace(dwelled_s=mark_s, floor_t=at_t)
        return device

    def _exit(
        self, name: str, device: Device, t: float, *, reason: ExitReason, events: list[ZoneEvent]
    ) -> None:
        assert device.zone is not None
        event = self._event(
            "exit",
            name,
            device.zone,
            t=t,
            entered_t=device.entered_t,
            dwell_s=t - device.entered_t,
            reason=reason,
        )
        events.append(event)

    def _event(
        self,
        kind: EventKind,
        name: str,
        zone: ZoneId,
        *,
        t: float,
        entered_t: float,
        dwell_s: float = 0.0,
        reason: ExitReason | None = None,
    ) -> ZoneEvent:
        mark_s = dwell_s if kind == "dwell" else 0.0
        event_id = zone_event_id(
            self._scope, kind=kind, device=name, zone=zone, entered_at_t=entered_t, mark_s=mark_s
        )
        return ZoneEvent(event_id, kind, name, zone, t, entered_t, dwell_s, reason)

    def _silent_at(self, device: Device) -> float:
        """When the silence of this device says that it is gone."""
        return max(
            device.gateway_t + self._policy.silence_s,
            device.beacon_t + self._policy.beacon_silence_s,
        )

    def _own(self) -> dict[str, Device]:
        if self._shared:
            self._devices = dict(self._devices)
            self._shared = False
        return self._devices

    def _replace(self, changed: Mapping[str, Device | None]) -> None:
        if not changed:
            return
        devices = self._own()
        for name, device in changed.items():
            if device is None:
                del devices[name]
            else:
                devices[name] = device
