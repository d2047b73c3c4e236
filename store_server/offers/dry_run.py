"""What a draft would have been asked in recorded visits: the questions, not the answers."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from store_server.ids import ZoneId
from store_server.offers.campaign import Campaign
from store_server.offers.trigger import Trigger, TriggerKind, trigger_id
from store_server.presence.visit import Visit

# What follows from stays alone; the others ask by the hour, the till or the app.
REPLAYED = (
    TriggerKind.ZONE_ENTER,
    TriggerKind.ZONE_DWELL,
    TriggerKind.STORE_ENTER,
    TriggerKind.STORE_EXIT,
)


def questions(campaign: Campaign, visit: Visit) -> list[Trigger]:
    """The triggers that this campaign would have heard in a visit, in order of time.

    Their names are no trigger's of the store: a dry run is never taken for a decision made.
    """
    rule = campaign.trigger
    return [
        Trigger(
            id=trigger_id(rule.kind, "dry run", campaign.id, visit.id, at.isoformat()),
            kind=rule.kind,
            shopper=visit.shopper,
            zone=zone,
            at=at,
            event_id=visit.id,
            visit_id=visit.id,
            dwell_s=rule.dwell_s,
        )
        for at, zone in sorted(_moments(campaign, visit), key=lambda one: one[0])
    ]


def _moments(campaign: Campaign, visit: Visit) -> Iterator[tuple[datetime, ZoneId | None]]:
    rule = campaign.trigger
    match rule.kind:
        case TriggerKind.STORE_ENTER:
            yield visit.started_at, None
        case TriggerKind.STORE_EXIT:
            if visit.ended_at is not None:
                yield visit.ended_at, None
        case TriggerKind.ZONE_ENTER | TriggerKind.ZONE_DWELL:
            mark = timedelta(seconds=rule.dwell_s or 0)
            for stay in visit.zones:
                here = rule.zone is None or stay.zone == rule.zone
                left_at = stay.left_at or visit.ended_at
                if here and (not mark or (left_at and left_at - stay.entered_at >= mark)):
                    yield stay.entered_at + mark, stay.zone
        case _:
            return
