"""Stayed at a shelf, bought nothing of it, and left: the question that follows, if one does."""

from datetime import timedelta

from store_server.offers.campaign import Campaign
from store_server.offers.trigger import Trigger, TriggerKind, trigger_id
from store_server.presence.visit import Visit


def left_without(campaign: Campaign, visit: Visit, *, bought: frozenset[str]) -> Trigger | None:
    """The question of this campaign about a visit that is over, or None.

    Args:
        campaign: one that waits for `left_without`.
        visit: with an end.
        bought: categories bought since it began.
    """
    rule = campaign.trigger
    if rule.kind is not TriggerKind.LEFT_WITHOUT or visit.ended_at is None:
        return None
    stayed = sum(
        (
            (stay.left_at or visit.ended_at) - stay.entered_at
            for stay in visit.zones
            if stay.zone == rule.zone
        ),
        timedelta(),
    )
    if stayed < timedelta(seconds=rule.dwell_s or 0) or rule.category in bought:
        return None
    return Trigger(
        id=trigger_id(rule.kind, visit.id, campaign.id),
        kind=rule.kind,
        shopper=visit.shopper,
        zone=rule.zone,
        at=visit.ended_at,
        event_id=visit.id,
        visit_id=visit.id,
        dwell_s=rule.dwell_s,
        campaign=campaign.id,
    )
