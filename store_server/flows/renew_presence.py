"""The ground changed (plan or survey): presence goes on by the new one, without a restart.

Who is in the store stays there: a filter carries beliefs over, another engine takes up the open
stays. A stay in a zone that is gone ends. Engine, stays and the checkpoint that a restart needs
are of one transaction; everybody sees the plan and the engine of it in one publication.

A plan alone is taken up where it is saved. A survey takes seconds to fit, and no till waits for
that: `entrypoints/ground_watch.py` builds the engine on its own thread, then calls this flow. It
also finds what a command of another process has loaded.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from store_server.database import UnitOfWork
from store_server.flows.advance_presence import save_progress, visit_rules
from store_server.flows.journal_presence import checkpoint_presence, journal_step
from store_server.flows.restore_presence import by_stays
from store_server.flows.rooms import Ground, StoreLive, StoreRooms
from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.engine import PresenceEngine, ZoneEvent, zone_event_id
from store_server.presence.repository import PresenceRepository, SurveyRepository
from store_server.presence.survey import SurveyLine
from store_server.presence.visit import Visit
from store_server.shop.floor_plan import FloorPlan
from store_server.shop.repository import PlanRepository

log = structlog.get_logger(__name__)


def follow_plan(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, plan: FloorPlan
) -> None:
    """The saved plan is the store's from this publication on, and positions follow.

    At once, or, where a survey is to be fitted to it, when `ground_watch` has done so.
    """
    ground = Ground(plan, SurveyRepository(uow.session, rooms.scope).stamp())
    if rooms.engines is None or not ground.moved(uow.live.ground) or ground.survey.readings:
        uow.live = replace(uow.live, plan=plan)
        return
    renew_presence(uow, rooms, now=now, ground=ground, engine=rooms.engines(plan, ()))


def see_ground(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> Ground | None:
    """The ground as the database has it, where the live one is another; else None."""
    found = PlanRepository(uow.session, rooms.scope).load()
    if found is None:
        return None
    ground = Ground(found[1], SurveyRepository(uow.session, rooms.scope).stamp())
    return ground if ground.moved(uow.live.ground) or ground.plan != uow.live.plan else None


def show_survey_lines(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> Sequence[SurveyLine]:
    """Every reading of the survey, to be fitted."""
    return SurveyRepository(uow.session, rooms.scope).readings()


def renew_presence(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    ground: Ground,
    engine: PresenceEngine,
) -> bool:
    """Go on by `engine`, which was built from `ground`; False when the plan has changed since."""
    found = PlanRepository(uow.session, rooms.scope).load()
    if found is None or found[1] != ground.plan:
        return False
    before = uow.live.presence
    uow.live = replace(uow.live, plan=ground.plan, ground=ground)
    _end_lost_stays(uow, rooms, now=now)
    if isinstance(engine, BayesFilter) and isinstance(before, BayesFilter):
        engine = engine.fork(dwell_marks_s=uow.live.catalogue.dwell_marks_s())
        engine.carry_over(before, t=now.timestamp())
        uow.live = replace(uow.live, presence=engine)
    else:
        uow.live = replace(uow.live, presence=engine)
        uow.live = replace(uow.live, presence=by_stays(uow.live))
    _checkpoint(uow, rooms, now=now)
    save_progress(uow, rooms)
    log.info("presence goes by the new plan or survey", devices=len(uow.live.presence.known()))
    return True


def _end_lost_stays(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> None:
    """Stays in zones that the plan does not have any more end now; the visits go on."""
    live = uow.live
    zones = {zone.id for zone in live.plan.zones}
    events = [
        _exit(visit, rooms, t=now.timestamp())
        for _, visit in sorted(live.visits.open.items())
        if visit.zones and visit.last_left_at is None and visit.zones[-1].zone not in zones
    ]
    book, changes, visit_ids = live.visits.take(events, rules=visit_rules(rooms, live.plan))
    repository = PresenceRepository(uow.session, rooms.scope)
    repository.add_zone_events([(event, visit_ids.get(event.id)) for event in events])
    repository.save_visits([change.visit for change in changes])
    counters = live.counters.plus(zone_events=len(events)) if events else live.counters
    uow.live = replace(live, visits=book, counters=counters)


def _exit(visit: Visit, rooms: StoreRooms, *, t: float) -> ZoneEvent:
    zone, entered_at, _ = visit.zones[-1]
    entered_t = entered_at.timestamp()
    left_t, who = max(t, entered_t), str(visit.shopper)
    name = zone_event_id(rooms.scope, kind="exit", device=who, zone=zone, entered_at_t=entered_t)
    return ZoneEvent(name, "exit", who, zone, left_t, entered_t, left_t - entered_t, "moved")


def _checkpoint(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> None:
    """All of it, whole: what is written so far is of the engine before, and of no use to this."""
    journal_step(uow, rooms, observations=(), until_ms=None)
    uow.live = replace(uow.live, journal=replace(uow.live.journal, frozen=None))
    while checkpoint_presence(uow, rooms, now=now, forced=True):
        pass
