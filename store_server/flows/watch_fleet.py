"""What gateways heard of fixed beacons is kept, and looked at for what is not as planned.

Run by the timetable. Between two looks there are minutes; keeping the sums is cheap.
"""

from datetime import datetime

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.errors import NotFound
from store_server.fleet.finding import Finding
from store_server.fleet.fleet_watch import Sign, watch
from store_server.fleet.hearing import SLOT_MS
from store_server.fleet.levels import Levels, Scene
from store_server.fleet.repository import FindingRepository, HearingRepository
from store_server.flows.enrol_gateway import publish_revoked
from store_server.flows.rooms import StoreLive, StoreRooms

LOOK_EVERY_MS = 5 * 60 * 1000
# The last hour is what is looked at, not what it is compared with.
USUAL_ENDS_MS = 60 * 60 * 1000
OF_GATEWAYS = (Sign.MOVED, Sign.SWAPPED)


def watch_fleet(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> bool:
    """Keep the sums, look when it is time; whether it looked.

    The revoked gateways are read anew too: another process may have let one in by hand.
    """
    publish_revoked(uow, rooms)
    hearings = HearingRepository(uow.session, rooms.scope)
    sums, power = rooms.tally.waiting()
    hearings.add(sums)
    hearings.add_power(power)
    uow.after_commit(lambda: rooms.tally.kept(sums))
    now_ms = to_ms(now)
    if not uow.live.plan.beacons or abs(now_ms - rooms.tally.watched_at_ms) < LOOK_EVERY_MS:
        return False
    _look(uow, rooms, hearings, now_ms=now_ms)
    uow.after_commit(lambda: setattr(rooms.tally, "watched_at_ms", now_ms))
    return True


def accept_as_it_is(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    subject: str,
) -> None:
    """A gateway or beacon is right where it is now: what was usual of it is forgotten.

    Raises:
        NotFound: nothing of this name is on the plan.
    """
    hearings = HearingRepository(uow.session, rooms.scope)
    plan = uow.live.plan
    beacon = next((one for one in plan.beacons if one.id == subject), None)
    gateway = next((one for one in plan.gateways if one.id == subject), None)
    if beacon is None and gateway is None:
        raise NotFound("there is no such gateway or beacon on the plan", code="unknown_subject")
    if gateway is not None:
        hearings.forget_gateway(gateway.id)
    if beacon is not None:
        hearings.forget_beacon(beacon.identity)
    findings = FindingRepository(uow.session, rooms.scope)
    findings.put([one for one in findings.all() if one.subject != subject])


def _look(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, hearings: HearingRepository, *, now_ms: int
) -> None:
    findings = FindingRepository(uow.session, rooms.scope)
    kept = findings.all()
    since_ms = hearings.first_slot_ms()
    if since_ms is None:
        return
    scene = Scene(
        plan=uow.live.plan,
        recent=hearings.slots(since_ms=now_ms // SLOT_MS * SLOT_MS - 2 * SLOT_MS),
        usual=_usual(uow, hearings, kept, now_ms=now_ms),
        last_heard=hearings.last_heard(),
        watched_since_ms=since_ms,
        now_ms=now_ms,
        usual_adverts=hearings.usual_adverts(until_ms=now_ms - USUAL_ENDS_MS),
    )
    noticed, judged = watch(scene)
    before = {_key(one): one for one in kept}
    open_now = [
        Finding(
            kind=one.sign,
            subject=one.subject,
            other=one.other,
            text=one.text,
            first_at_ms=before[key].first_at_ms if key in before else now_ms,
            last_at_ms=now_ms,
        )
        for one in noticed
        for key in [(str(one.sign), one.subject)]
    ]
    told = {_key(one) for one in open_now}
    still = [one for one in kept if one.subject not in judged and _key(one) not in told]
    findings.put([*open_now, *still])
    subjects = {one.subject for one in (*open_now, *still)}
    for one in kept:
        if one.subject not in subjects:
            _forget_time_away(uow, hearings, one)


def _forget_time_away(
    uow: UnitOfWork[StoreLive], hearings: HearingRepository, ended: Finding
) -> None:
    """What was heard while something was out of its place is not what is usual there."""
    since_ms = ended.first_at_ms - 2 * SLOT_MS
    if ended.kind in OF_GATEWAYS:
        hearings.forget_gateway(ended.subject, since_ms=since_ms)
    elif ended.kind == Sign.BEACON_MOVED:
        for beacon in uow.live.plan.beacons:
            if beacon.id == ended.subject:
                hearings.forget_beacon(beacon.identity, since_ms=since_ms)


def _key(finding: Finding) -> tuple[str, str]:
    return str(finding.kind), finding.subject


def _usual(
    uow: UnitOfWork[StoreLive],
    hearings: HearingRepository,
    kept: tuple[Finding, ...],
    *,
    now_ms: int,
) -> Levels:
    """What was usual; of what is out of place, before it was: it does not become usual."""
    usual = hearings.usual(until_ms=now_ms - USUAL_ENDS_MS)
    identities = {one.id: one.identity for one in uow.live.plan.beacons}
    for finding in kept:
        of_gateway = finding.kind in OF_GATEWAYS
        if not of_gateway and finding.kind != Sign.BEACON_MOVED:
            continue
        name = finding.subject if of_gateway else identities.get(finding.subject)
        earlier = hearings.usual(until_ms=finding.first_at_ms - USUAL_ENDS_MS)
        at = 0 if of_gateway else 1
        usual = {pair: dbm for pair, dbm in usual.items() if pair[at] != name}
        usual |= {pair: dbm for pair, dbm in earlier.items() if pair[at] == name}
    return usual
