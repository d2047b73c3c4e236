"""What is told of a track as time goes by: moves whose hold is over, dwells, ends in silence."""

from dataclasses import dataclass

from store_server.ids import Scope, ZoneId
from store_server.presence.engine import EventKind, ExitReason, ZoneEvent, zone_event_id
from store_server.presence.policy import PresencePolicy
from store_server.presence.track import Reading, Track
from store_server.presence.zone_rule import NOWHERE, ZoneRule, due_t


@dataclass(frozen=True, slots=True)
class Teller:
    """Turns tracks into zone events; `zones` are named in the order of the membership's rows."""

    scope: Scope
    zones: tuple[ZoneId, ...]
    rule: ZoneRule
    policy: PresencePolicy

    def settle(
        self,
        name: str,
        track: Track,
        t: float,
        events: list[ZoneEvent],
        *,
        readings: tuple[Reading, ...],
    ) -> Track:
        """What fell due by `t`, at the time it fell due: the move first, then the silence.

        A move counts only if the step in which it fell due heard the device (`readings`): who
        fell silent is not credited with going on.
        """
        heard_t = t if readings else track.at_t
        quiet_t = readings[0].t if readings else t
        due = due_t(track.told, rule=self.rule)
        if due is not None:
            due = max(due, track.floor_t, track.at_t)
            if due <= min(t, heard_t):
                track = self._move(name, track, due, events)
        lives = track.belief is not None or track.told.zone != NOWHERE
        if lives and self.silent_at(track) <= quiet_t:
            left_t = max(track.last_t, track.floor_t)
            if track.told.zone != NOWHERE:
                self._exit(name, track, left_t, reason="silence", events=events)
            track = Track(track.at_t, track.last_t, heard=track.heard, floor_t=left_t)
        return track

    def _move(self, name: str, track: Track, t: float, events: list[ZoneEvent]) -> Track:
        rival = track.told.rival
        assert rival is not None
        if track.told.zone != NOWHERE:
            self._exit(name, track, t, reason="moved", events=events)
        track = track._replace(told=track.told.moved(t), entered_t=t, dwelled_s=0.0, floor_t=t)
        if rival != NOWHERE:
            events.append(self._event("enter", name, track, t=t))
        return track

    def dwell(
        self, name: str, track: Track, events: list[ZoneEvent], *, marks_s: tuple[float, ...]
    ) -> Track:
        """The marks that the newest sighting proves, while no rival leads."""
        if track.told.zone == NOWHERE or track.told.rival is not None:
            return track
        for mark_s in marks_s:
            at_t = track.entered_t + mark_s
            if mark_s > track.dwelled_s and at_t <= track.last_t:
                events.append(self._event("dwell", name, track, t=at_t, dwell_s=mark_s))
                track = track._replace(dwelled_s=mark_s, floor_t=max(at_t, track.floor_t))
        return track

    def _exit(
        self, name: str, track: Track, t: float, *, reason: ExitReason, events: list[ZoneEvent]
    ) -> None:
        stayed_s = t - track.entered_t
        events.append(self._event("exit", name, track, t=t, dwell_s=stayed_s, reason=reason))

    def _event(
        self,
        kind: EventKind,
        name: str,
        track: Track,
        *,
        t: float,
        dwell_s: float = 0.0,
        reason: ExitReason | None = None,
    ) -> ZoneEvent:
        zone = self.zones[track.told.zone]
        mark_s = dwell_s if kind == "dwell" else 0.0
        event_id = zone_event_id(
            self.scope,
            kind=kind,
            device=name,
            zone=zone,
            entered_at_t=track.entered_t,
            mark_s=mark_s,
        )
        return ZoneEvent(event_id, kind, name, zone, t, track.entered_t, dwell_s, reason)

    def silent_at(self, track: Track) -> float:
        """When the silence of this device says that it is gone."""
        return max(
            track.gateway_t + self.policy.silence_s,
            track.beacon_t + self.policy.beacon_silence_s,
        )
