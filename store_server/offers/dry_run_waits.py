"""What a draft with a step would have been asked: its waits, played through recorded visits.

Zones entered follow from stays, and so does time; what else a step may wait for does not.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

from store_server.ids import ShopperId, ZoneId
from store_server.offers.campaign import Campaign
from store_server.offers.step import AwaitedKind, Happening
from store_server.offers.trigger import Trigger, Way
from store_server.offers.wait import Entry, Wait, begin, may_begin, step_trigger
from store_server.presence.visit import Visit


class PlayedWaits(NamedTuple):
    """The questions at the ends of waits; how many did not begin, as too soon after the last."""

    asked: list[Trigger]
    refused: int


def plays(campaign: Campaign) -> bool:
    """Whether the step of a campaign, if it has one, can be played through stays."""
    awaited = campaign.step.awaited if campaign.step is not None else None
    return awaited is None or awaited.kind is AwaitedKind.ZONE_ENTER


def play_waits(
    campaign: Campaign,
    begun: Sequence[Trigger],
    visits: Sequence[Visit],
    *,
    org: str,
    local: tzinfo,
    now: datetime,
) -> PlayedWaits:
    """What is asked at the ends of the waits that these triggers begin.

    Args:
        campaign: has a step that `plays`.
        begun: its triggers, in order of time.
        visits: of the same shoppers, until `now`.
        org: the organisation.
        local: the store's time zone.
        now: who still waits then is left out.
    """
    of_shopper: dict[ShopperId, list[Visit]] = defaultdict(list)
    for visit in visits:
        of_shopper[visit.shopper].append(visit)
    last: dict[ShopperId, Entry] = {}
    waits_until: dict[ShopperId, datetime] = {}
    asked: list[Trigger] = []
    refused = 0
    for trigger in begun:
        shopper = trigger.shopper
        if shopper in waits_until and trigger.at < waits_until[shopper]:
            continue
        wait = begin(campaign, trigger, org=org, local=local)
        if not may_begin(campaign, wait, last.get(shopper), local):
            refused += 1
            continue
        last[shopper] = Entry(wait.began_at, wait.visit_id)
        question = _end(wait, of_shopper[shopper])
        waits_until[shopper] = question.at
        if question.at <= now:
            asked.append(question)
    return PlayedWaits(sorted(asked, key=lambda one: (one.at, one.id)), refused)


def _end(wait: Wait, visits: Sequence[Visit]) -> Trigger:
    entered = (
        (
            Happening(wait.shopper, AwaitedKind.ZONE_ENTER, stay.entered_at, visit.id, stay.zone),
            visit,
        )
        for visit in visits
        for stay in visit.zones
    )
    met = [(one, visit) for one, visit in entered if wait.is_ended_by(one)]
    if met:
        first, visit = min(met, key=lambda pair: pair[0].at)
        return step_trigger(wait, Way.EVENT, at=first.at, zone=first.zone, visit_id=visit.id)
    zone, visit_id = _place(visits, wait.due_at)
    return step_trigger(wait, Way.TIMEOUT, at=wait.due_at, zone=zone, visit_id=visit_id)


def _place(visits: Sequence[Visit], at: datetime) -> tuple[ZoneId | None, str | None]:
    """The zone and the visit in which a shopper was at that instant."""
    for visit in visits:
        if visit.started_at <= at and (visit.ended_at is None or at < visit.ended_at):
            for stay in visit.zones:
                if stay.entered_at <= at and (stay.left_at is None or at < stay.left_at):
                    return stay.zone, visit.id
            return None, visit.id
    return None, None
