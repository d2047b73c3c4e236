"""Part of deciding: what a step hands over becomes a task of the staff, and an alert."""

from collections.abc import Sequence
from datetime import timedelta

from store_server.database import UnitOfWork
from store_server.decisions.decision import Decision, Outcome
from store_server.flows.offer_words import zone_name
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.trigger import Trigger
from store_server.offers.wait import MOMENT_S
from store_server.outbox.channel_setup import STAFF
from store_server.outbox.repository import OutboxRepository, StaffTaskRepository
from store_server.outbox.staff_task import StaffTask, alert_event, staff_alert, task_id


def hand_over(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    decisions: Sequence[Decision],
    *,
    triggers: Sequence[Trigger],
) -> int:
    """Keep a task for each decision that calls the staff, and tell of it; how many are new.

    Where no channel to the staff is set up nothing is queued for it: the task stands in the
    console, and webhooks tell of it.
    """
    asked = {one.id: one for one in triggers}
    tasks = [
        _task(uow.live, one, asked[one.trigger_id])
        for one in decisions
        if one.outcome is Outcome.HANDED_OVER
    ]
    if not tasks:
        return 0
    events = [alert_event(one, rooms.scope) for one in tasks]
    outbox = OutboxRepository(uow.session, rooms.scope)
    outbox.add_events(events)
    if STAFF in rooms.channels.limits:
        outbox.add_alerts([staff_alert(one, zone_name(uow.live, one.zone)) for one in tasks])
    return StaffTaskRepository(uow.session, rooms.scope).add(tasks)


def _task(live: StoreLive, decision: Decision, trigger: Trigger) -> StaffTask:
    assert decision.campaign is not None
    campaign = live.catalogue.campaigns[decision.campaign]
    branch = campaign.branch_of(trigger)
    lasts = timedelta(seconds=campaign.moment_s or MOMENT_S)
    return StaffTask(
        id=task_id(decision.id),
        decision=decision.id,
        campaign=campaign.id,
        shopper=decision.shopper,
        zone=decision.zone,
        message=(branch.message if branch is not None else None) or campaign.name,
        at=decision.at,
        expires_at=decision.at + lasts,
    )
