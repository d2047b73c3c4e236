"""The presence engine: a Bayes filter over the states of a site for each device.

    sightings --> pending --end of step, all told--> belief --> zone masses --> zone rule --> events

Sightings wait until their step is over and `advance` promises that all of it was told (or the
newest sighting is `reorder_s` ahead); so their order within that time does not matter.
`estimate` looks at what waits as well, at once, and changes nothing. A device that falls
silent keeps its belief, which widens; after the silence time its stay ends at its last sighting.
"""

from collections.abc import Iterable, Mapping

from store_server.ids import Scope, ZoneId
from store_server.presence.carry_over import carried
from store_server.presence.engine import Estimate, Stay, ZoneEvent
from store_server.presence.estimating import estimate_from
from store_server.presence.filter_snapshot import (
    mark_of,
    read_snapshot,
    write_device,
    write_snapshot,
)
from store_server.presence.observation import Observation
from store_server.presence.pane import Located, Panes
from store_server.presence.policy import PresencePolicy
from store_server.presence.site import Site
from store_server.presence.stepping import Stepper
from store_server.presence.telling import Teller
from store_server.presence.track import NEVER, Device, Reading, Track, by_time
from store_server.presence.tuning import FilterTuning
from store_server.presence.zone_rule import NOWHERE, Told, ZoneRule

# What a receiver can have heard of a sender in a shop; beyond, the value is corrupt.
WEAKEST_DBM = -110.0
LOUDEST_DBM = -15.0
# Steps that `estimate` works out before they are over, for `advance` to find.
MOST_AHEAD = 6
# A track, the readings of the step after it, when that ends, and the track then.
Ahead = tuple[Track, tuple[Reading, ...], float, Track]


class BayesFilter:
    """`PresenceEngine` by belief; `site` is what it goes by."""

    def __init__(
        self,
        site: Site,
        *,
        scope: Scope,
        policy: PresencePolicy | None = None,
        tuning: FilterTuning | None = None,
        panes: Panes | None = None,
    ) -> None:
        self._scope = scope
        self._policy = policy or PresencePolicy()
        self._tuning = tuning or FilterTuning()
        self.site = site
        self._mark = mark_of(site, policy=self._policy, tuning=self._tuning)
        self._panes = panes or Panes(site)
        rule = _rule_of(site, self._tuning)
        self._stepper = Stepper(site, self._tuning, rule, self._panes)
        self._teller = Teller(scope, site.space.zone_ids, self._stepper.rule, self._policy)
        self._marks = tuple(sorted(self._policy.dwell_marks_s))
        self._devices: dict[str, Device] = {}
        self._shared = False
        self._t = NEVER
        # What `estimate` worked out ahead, for `advance` to find: not part of the state.
        self._ahead: dict[str, tuple[Ahead, ...]] = {}

    def observe(self, observation: Observation) -> list[ZoneEvent]:
        """See `PresenceEngine.observe`; what cannot be or is too old changes nothing."""
        row = self.site.rows.get(observation.anchor)
        if row is None or not WEAKEST_DBM <= observation.rssi_dbm <= LOUDEST_DBM:
            return []
        if observation.count < 1 or not NEVER < observation.t < -NEVER:
            return []
        name, t = observation.device, observation.t
        if not self.takes(name, t):
            return []
        device = self._devices.get(name) or Device(Track(NEVER, t))
        reading = self._reading(observation, row)
        if reading in device.pending:
            return []
        device = device._replace(pending=tuple(sorted((*device.pending, reading), key=by_time)))
        events: list[ZoneEvent] = []
        if t - device.pending[0].t > self._tuning.reorder_s + self._stepper.step_s:
            device = self._commit(name, device, t - self._tuning.reorder_s, events)
        self._own()[name] = device
        return events

    def advance(self, t: float) -> list[ZoneEvent]:
        """See `PresenceEngine.advance`: a promise that all up to `t` was told."""
        self._t = max(self._t, t)
        events: list[ZoneEvent] = []
        changed: dict[str, Device | None] = {}
        for name, device in self._devices.items():
            after = self._commit(name, device, t, events)
            track = after.track
            if (
                track.told.zone == NOWHERE
                and not after.pending
                and t - track.last_t > self._tuning.remembered_s
            ):
                changed[name] = None
            elif after is not device:
                changed[name] = after
        self._replace(changed)
        # Stable: what one device did at the same instant stays in the order in which it did it.
        events.sort(key=lambda event: (event.t, event.device))
        return events

    def estimate(self, device: str, t: float) -> Estimate | None:
        """See `PresenceEngine.estimate`; what waits for its step is used, nothing is changed."""
        found = self._believed(device, t)
        if found is None:
            return None
        at, zone, newest = found
        space = self._panes.site(at.pane).space
        return estimate_from(at.belief, space, device=device, t=t, zone=zone, last_seen_t=newest)

    def zone_probabilities(self, device: str, t: float) -> Mapping[ZoneId, float]:
        """The probability of each zone; what is missing to 1 is off every zone."""
        found = self._believed(device, t)
        if found is None:
            return {}
        at = found[0]
        space = self._panes.site(at.pane).space
        mass = space.zone_mass(at.belief.p)
        return {zone: float(share) for zone, share in zip(space.zone_ids, mass, strict=True)}

    def _believed(self, device: str, t: float) -> tuple[Located, ZoneId | None, float] | None:
        """The belief at `t`, the zone told, and when the device was last heard."""
        known = self._devices.get(device)
        if known is None:
            return None
        until = Device(known.track, tuple(one for one in known.pending if one.t <= t))
        rest = self._commit(device, until, t, [], keep=True)
        track = rest.track
        newest = max((one.t for one in rest.pending), default=track.last_t)
        if self._teller.silent_at(track) <= t and not rest.pending:
            return None
        at = self._stepper.believed(track, t, rest.pending)
        return None if at is None else (at, self._zone(track.told), newest)

    def devices(self) -> tuple[str, ...]:
        """The devices that were not silent when time was last advanced, sorted."""
        return tuple(
            sorted(
                name
                for name, device in self._devices.items()
                if device.pending or self._teller.silent_at(device.track) > self._t
            )
        )

    def fork(self, *, dwell_marks_s: Iterable[float] = ()) -> "BayesFilter":
        """A copy in constant time; the first change of either copies the table of devices."""
        copy = object.__new__(BayesFilter)
        copy.__dict__.update(self.__dict__)
        copy._shared = self._shared = True
        copy._ahead = {}
        copy._marks = tuple(sorted({*self._policy.dwell_marks_s, *dwell_marks_s}))
        return copy

    def restore(self, stays: Iterable[Stay], *, ended: Mapping[str, float] | None = None) -> None:
        """Take up open stays; `ended` tells until when devices were spoken of before."""
        devices = self._own()
        for name, t in (ended or {}).items():
            devices[name] = Device(Track(t, t, floor_t=t))
        zones = {zone: at for at, zone in enumerate(self.site.space.zone_ids)}
        for stay in stays:
            if stay.zone not in zones:
                continue
            stayed_s = stay.last_seen_t - stay.entered_at_t
            track = Track(
                stay.last_seen_t,
                stay.last_seen_t,
                gateway_t=stay.last_seen_t,
                told=Told(zones[stay.zone]),
                entered_t=stay.entered_at_t,
                dwelled_s=max((mark for mark in self._marks if mark <= stayed_s), default=0.0),
                floor_t=stay.entered_at_t,
            )
            devices[stay.device] = Device(track)

    def carry_over(self, before: "BayesFilter", *, t: float) -> None:
        """Go on with what the filter of the site before knew, when the site changed at `t`."""
        floors = {"before": before._panes, "after": self._panes}
        self._t, self._devices = before._t, carried(before._devices, **floors, t=t)
        self._shared, self._ahead = False, {}

    def forget(self, device: str) -> None:
        """See `PresenceEngine.forget`."""
        self._own().pop(device, None)
        self._ahead.pop(device, None)

    def knows(self, device: str) -> bool:
        """See `PresenceEngine.knows`."""
        return device in self._devices

    def takes(self, device: str, t: float) -> bool:
        """See `PresenceEngine.takes`."""
        if (known := self._devices.get(device)) is None:
            return t >= self._t - self._tuning.remembered_s
        return t >= max(known.track.at_t - self._tuning.late_s, known.track.floor_t)

    def known(self) -> tuple[str, ...]:
        """See `PresenceEngine.known`."""
        return tuple(sorted(self._devices))

    def snapshot(self) -> bytes:
        """See `PresenceEngine.snapshot`."""
        return write_snapshot(self._mark, t=self._t)

    def states(self, devices: Iterable[str]) -> dict[str, bytes]:
        """See `PresenceEngine.states`."""
        return {name: write_device(self._devices[name]) for name in devices}

    def resume(self, snapshot: bytes, states: Mapping[str, bytes]) -> None:
        """See `PresenceEngine.resume`."""
        found = read_snapshot(snapshot, states, mark=self._mark, panes=self._panes)
        self._t, self._devices = found
        self._shared, self._ahead = False, {}

    def _reading(self, observation: Observation, row: int) -> Reading:
        power = observation.measured_power_dbm
        beacon = self.site.beacon_power_dbm.get(observation.anchor)
        dbm = observation.rssi_dbm
        if beacon is not None:
            # A beacon's own power is on the plan: what is left to find is the phone's ear.
            dbm, power = dbm - beacon + self.site.reference_dbm, None
        return Reading(observation.t, row, dbm, observation.count, power, observation.sender)

    def _commit(
        self,
        name: str,
        device: Device,
        t: float,
        events: list[ZoneEvent],
        *,
        keep: bool = False,
    ) -> Device:
        """All steps that are over at `t`; what the timers say by then."""
        track, pending = device
        while pending:
            end_t = max(self._stepper.end_of(pending[0].t), track.at_t)
            if end_t > t:
                break
            count = sum(one.t <= end_t for one in pending)
            bucket, pending = pending[:count], pending[count:]
            track = self._teller.settle(name, track, end_t, events, readings=bucket)
            track = self._step(name, track, bucket, end_t=end_t, keep=keep)
            track = self._teller.dwell(name, track, events, marks_s=self._marks)
        told = tuple(one for one in pending if one.t <= t)
        track = self._teller.settle(name, track, t, events, readings=told)
        if track is device.track and pending == device.pending:
            return device
        return Device(track, pending)

    def _step(
        self, name: str, track: Track, bucket: tuple[Reading, ...], *, end_t: float, keep: bool
    ) -> Track:
        known = self._ahead.get(name, ())
        for before, seen, seen_t, after in known:
            if before is track and seen_t == end_t and seen == bucket:
                return after
        after = self._stepper.after(track, end_t, bucket)
        if keep:
            self._ahead[name] = (*known[-MOST_AHEAD + 1 :], (track, bucket, end_t, after))
        return after

    def _zone(self, told: Told) -> ZoneId | None:
        return None if told.zone == NOWHERE else self.site.space.zone_ids[told.zone]

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


def _rule_of(site: Site, tuning: FilterTuning) -> ZoneRule:
    holds = [
        tuning.door_hold_s if zone in site.door_zones else tuning.hold_s
        for zone in site.space.zone_ids
    ]
    return ZoneRule((*holds, tuning.hold_s), tuning.first_hold_s, tuning.least_p, tuning.lead_p)
