"""Flow: something asked, so decide, and put what is offered in the outbox.

Called by the flows that take sightings, within their transaction: the decision, its budget, its
coupon and its notification are written together with what caused them, or not at all.
"""

from collections.abc import Sequence
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.decisions.decision import Decision, Outcome
from store_server.decisions.repository import DecisionRepository
from store_server.flows.begin_waits import begin_waits, that_ask
from store_server.flows.decision_desk import DecisionDesk, count_decisions
from store_server.flows.hand_over import hand_over
from store_server.flows.promise_offers import promise_offers
from store_server.flows.reservations import ReservationLost
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.trigger import Trigger
from store_server.offers.trigger_source import in_order
from store_server.outbox.repository import OutboxRepository


def decide_triggers(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    triggers: Sequence[Trigger],
) -> list[Decision]:
    """The new decisions, one for each trigger that has none yet, in the order of triggers.

    Args:
        uow: the transaction; its live counters are replaced.
        rooms: the store.
        now: the instant that rules go by.
        triggers: in any order; one that is decided already (a replay) changes nothing, and one
            that only begins the step of a campaign begins to wait there.
    """
    begin_waits(uow, rooms, now=now, triggers=triggers)
    repository = DecisionRepository(uow.session, rooms.scope)
    waiting = _undecided(that_ask(uow.live.catalogue, triggers), repository)
    if not waiting:
        return []
    if len(waiting) > 1:
        attempt = UnitOfWork(uow.session, uow.live)
        try:
            with uow.session.begin_nested():
                made = _decide(attempt, rooms, now=now, triggers=waiting, is_grouped=True)
        except ReservationLost:
            pass  # another server was quicker: each asks the database itself
        else:
            uow.live = attempt.live
            uow.actions.extend(attempt.actions)
            return made
    return _decide(uow, rooms, now=now, triggers=waiting, is_grouped=False)


def _decide(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    triggers: Sequence[Trigger],
    is_grouped: bool,
) -> list[Decision]:
    desk = DecisionDesk(uow, rooms, now=now, triggers=triggers, is_grouped=is_grouped)
    decisions = [desk.decide(trigger) for trigger in triggers]
    desk.settle()
    DecisionRepository(uow.session, rooms.scope).add(decisions, desk.asked)
    offered = [one for one in decisions if one.outcome is Outcome.OFFERED]
    OutboxRepository(uow.session, rooms.scope).add(
        [one.told for one in promise_offers(uow, rooms, offered, now=now, channel="webhook")]
    )
    hand_over(uow, rooms, decisions, triggers=triggers)
    count_decisions(uow, decisions)
    uow.after_commit(rooms.wake_deliveries)
    return decisions


def _undecided(triggers: Sequence[Trigger], repository: DecisionRepository) -> list[Trigger]:
    once = {trigger.id: trigger for trigger in sorted(triggers, key=in_order, reverse=True)}
    known = repository.decided(once) if once else set()
    return sorted((one for one in once.values() if one.id not in known), key=in_order)
