"""From what presence concludes to what asks for a decision.

Only what some campaign listens to becomes a trigger: a store without a campaign for the dairy
zone writes no decision for each shopper who passes the milk. And only what is fresh: an hour of
spooled sightings is history, never an hour of stale offers.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from store_server.ids import ShopperId, ZoneId
from store_server.offers.catalogue import Catalogue
from store_server.offers.trigger import Trigger, TriggerKind, trigger_id
from store_server.presence.engine import ZoneEvent
from store_server.presence.visit import Visit, VisitChange, instant_of


def triggers_from(
    events: Iterable[ZoneEvent],
    changes: Iterable[VisitChange],
    *,
    catalogue: Catalogue,
    visits: Mapping[str, Visit],
    now: datetime,
    late_s: float,
    gap_s: float = 0.0,
) -> list[Trigger]:
    """The triggers of these zone events and visits, by (at, shopper, zone, kind).

    Args:
        events: zone events, in any order; exits ask nothing.
        changes: what became of visits in the same step; "started" and "ended" ask.
        catalogue: who listens.
        visits: the visits open now, by shopper.
        now: the instant that rules go by.
        late_s: older events raise nothing.
        gap_s: how long nothing was heard before a visit counts as over.
    """
    raised = [trigger for event in events if (trigger := _of_zone(event, catalogue, visits=visits))]
    raised += [
        _of_visit(change.visit, TriggerKind.STORE_ENTER)
        for change in changes
        if change.kind == "started" and catalogue.heard(TriggerKind.STORE_ENTER, None)
    ]
    oldest = now - timedelta(seconds=late_s)
    fresh = [trigger for trigger in raised if trigger.at >= oldest]
    if catalogue.heard(TriggerKind.STORE_EXIT, None):
        # That a visit is over is known only when the silence has lasted: that is not late.
        oldest -= timedelta(seconds=gap_s)
        over = (change.visit for change in changes if change.kind == "ended")
        fresh += [
            _of_visit(visit, TriggerKind.STORE_EXIT)
            for visit in over
            if visit.ended_at is not None and visit.ended_at >= oldest
        ]
    return sorted(fresh, key=in_order)


def in_order(trigger: Trigger) -> tuple[datetime, str, str, str, str]:
    """The order in which triggers are decided: it must not depend on who reported first."""
    return (trigger.at, trigger.shopper, trigger.zone or "", trigger.kind.value, trigger.id)


def _of_zone(
    event: ZoneEvent, catalogue: Catalogue, *, visits: Mapping[str, Visit]
) -> Trigger | None:
    match event.kind:
        case "enter":
            kind, mark_s = TriggerKind.ZONE_ENTER, None
        case "dwell":
            kind, mark_s = TriggerKind.ZONE_DWELL, round(event.dwell_s)
        case "exit":
            return None
    if not _is_awaited(catalogue, kind, zone=event.zone, mark_s=mark_s):
        return None
    visit = visits.get(event.device)
    return Trigger(
        id=trigger_id(kind, event.id),
        kind=kind,
        shopper=ShopperId(event.device),
        zone=event.zone,
        at=instant_of(event.t),
        event_id=event.id,
        visit_id=visit.id if visit else None,
        dwell_s=mark_s,
    )


def _is_awaited(
    catalogue: Catalogue, kind: TriggerKind, *, zone: ZoneId, mark_s: int | None
) -> bool:
    listening = catalogue.heard(kind, zone)
    return any(mark_s is None or mark_s in catalogue.marks_of(one) for one in listening)


def _of_visit(visit: Visit, kind: TriggerKind) -> Trigger:
    entered = kind is TriggerKind.STORE_ENTER
    return Trigger(
        id=trigger_id(kind, visit.id),
        kind=kind,
        shopper=visit.shopper,
        zone=visit.zones[0].zone if entered and visit.zones else None,
        at=visit.started_at if entered or visit.ended_at is None else visit.ended_at,
        event_id=visit.id,
        visit_id=visit.id,
    )
