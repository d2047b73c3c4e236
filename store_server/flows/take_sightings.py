"""One batch of a gateway is taken: exactly once, whole, in one transaction; then acknowledged.

The order: known already? (a duplicate is acknowledged again) - acceptable? (else quarantine,
acknowledged too, because sending it again would not make it better) - whose identities? -
who agreed to be observed? - presence, visits, triggers, decisions - ledger and counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from proximity_wire.messages import Ack, SightingBatch, encode
from proximity_wire.topics import Channel, GatewayTopic
from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.fleet.hearing import BeaconRow
from store_server.flows.advance_presence import move_clock, save_progress, take_observations
from store_server.flows.correct_history import correct_some, set_aside_late
from store_server.flows.count_foreign import count_foreign
from store_server.flows.keep_survey import keep_survey_readings
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.presence.batch_ledger import BatchLedger
from store_server.presence.gateway_live import GatewayLive
from store_server.presence.observation import Observation
from store_server.presence.quarantine import refuse
from store_server.presence.repository import IntakeRepository
from store_server.presence.spool_progress import SpoolProgress
from store_server.shop.floor_plan import beacon_anchor, gateway_anchor
from store_server.shoppers.consent import Purpose
from store_server.shoppers.identity import IdentityTable
from store_server.shoppers.repository import ConsentRepository

# A stamp further off is a clock that was never set: what it says of time cannot be used.
SYSTEM_AHEAD_MS = 5 * 60 * 1000
EVENT_AHEAD_MS = 12 * 3600 * 1000
BEHIND_MS = 12 * 3600 * 1000
# A gateway in event time stamps what it sends within a tick with the tick before: its rows are
# later than the stamp. They are not moved: how far the clock is then depends on who spoke first.
TICK_AHEAD_MS = 5_000
NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class SightingsTaken:
    """What became of a batch. `ack` is to be published to `gateway`; `quarantined` is why not."""

    gateway: str
    ack: Ack
    duplicate: bool = False
    quarantined: str | None = None
    observations: int = 0


def take_sightings(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    batch: SightingBatch,
    received_at_ms: int,
    gateway: str | None = None,
    refusal: str | None = None,
) -> SightingsTaken:
    """Take one batch.

    Args:
        uow: the transaction.
        rooms: the store.
        now: the instant that rules go by.
        batch: decoded.
        received_at_ms: when it came in, by the system clock.
        gateway: who sent it, by the topic; None = as the batch says.
        refusal: why it is to be quarantined unseen (a batch that failed again and again).
    """
    name = gateway or batch.gateway
    if batch.probe is True and refusal is None:
        return _answer_probe(uow, rooms, name, batch, now=now)
    intake = IntakeRepository(uow.session, rooms.scope)
    board = uow.live.gateways.get(name) or GatewayLive(name)
    board = board.on_spool(_spool(intake, board, batch.spool_id))
    assert board.spool is not None
    spool, lost = board.spool, [(one.from_seq, one.to_seq) for one in batch.lost]
    reason = refusal or _refusal(batch, rooms, name, live=uow.live, now_ms=to_ms(now))
    observations: Sequence[Observation] = ()
    duplicate = spool.ledger.seen(batch.seq)
    if duplicate:
        spool, reason = spool.with_duplicate(), None
        uow.live = uow.live.with_gateway(_heard(board, spool))
    elif reason is not None:
        spool = spool.with_quarantined(spool.ledger.refuse(batch.seq, lost=lost))
        uow.live = uow.live.with_gateway(_heard(board, spool))
        topic = GatewayTopic(rooms.scope.org, rooms.scope.store, name, Channel.SIGHTINGS)
        intake.quarantine(refuse(str(topic), encode(batch), reason=reason), at_ms=received_at_ms)
    else:
        spool = spool.with_applied(spool.ledger.take(batch.seq, lost=lost))
        line = _heard(board, spool)
        if rooms.policy.clock == "system":
            line = line.stamped(batch.sent_at_ms, received_at_ms=received_at_ms)
        line = line.sent(batch.sent_at_ms - line.offset_ms, gap=bool(spool.ledger.ahead))
        uow.live = uow.live.with_gateway(line)
        observations = _observations(uow, rooms, batch, now=now, offset_ms=line.offset_ms)
        count_foreign(uow, rooms, gateway=name, batch=batch)
        keep_survey_readings(uow, rooms, batch=batch)
        fresh = set_aside_late(uow, rooms, now=now, observations=observations)
        take_observations(uow, rooms, now=now, observations=fresh)
        if move_clock(uow, rooms):
            correct_some(uow, rooms, now=rooms.now(uow.live))
    clock = uow.live.gateways[name].clock
    intake.save_spool(name, spool, taken_at_ms=received_at_ms, clock=clock)
    save_progress(uow, rooms)
    ack = Ack(
        spool_id=batch.spool_id,
        through_seq=spool.ledger.through_seq,
        quarantined=list(spool.ledger.refused),
    )
    return SightingsTaken(name, ack, duplicate, reason, len(observations))


def _answer_probe(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, name: str, batch: SightingBatch, *, now: datetime
) -> SightingsTaken:
    """An acknowledgement after a commit that writes, so that it says what a real one would."""
    reason = _refusal(batch, rooms, name, live=uow.live, now_ms=to_ms(now))
    save_progress(uow, rooms)
    refused = [] if reason is None else [batch.seq]
    ack = Ack(spool_id=batch.spool_id, through_seq=batch.seq, quarantined=refused)
    return SightingsTaken(name, ack, quarantined=reason)


def _refusal(
    batch: SightingBatch, rooms: StoreRooms, gateway: str, *, live: StoreLive, now_ms: int
) -> str | None:
    """Why a batch cannot be used; None when it can."""
    scope = rooms.scope
    if gateway in live.revoked:
        return "gateway_revoked"
    if (batch.org, batch.store, batch.gateway) != (scope.org, scope.store, gateway):
        return "topic_mismatch"
    if now_ms <= 0:
        return None
    event = rooms.policy.clock == "event"
    if batch.sent_at_ms > now_ms + (EVENT_AHEAD_MS if event else SYSTEM_AHEAD_MS):
        return "clock_ahead"
    return "clock_behind" if batch.sent_at_ms < now_ms - BEHIND_MS else None


def _spool(intake: IntakeRepository, board: GatewayLive, spool_id: str) -> SpoolProgress:
    """The progress of the batch's spool: the one on the board, an earlier one, or a new one."""
    if board.spool is not None and board.spool_id == spool_id:
        return board.spool
    return intake.spool(board.gateway, spool_id) or SpoolProgress(BatchLedger(spool_id))


def _heard(board: GatewayLive, spool: SpoolProgress) -> GatewayLive:
    """The gateway's line after a batch; one that never stated its state is online, evidently."""
    return replace(board, spool=spool, online=board.online or not board.state_known)


def _observations(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    batch: SightingBatch,
    *,
    now: datetime,
    offset_ms: int,
) -> list[Observation]:
    """What the batch says of shoppers who agreed to be observed; the rest is only counted.

    Times are those of our clock: the gateway's is `offset_ms` ahead of it.
    """
    now_ms, anchor = to_ms(now), gateway_anchor(batch.gateway)
    system = rooms.policy.clock == "system"
    sent_at_ms = batch.sent_at_ms - offset_ms
    latest_ms = min(sent_at_ms, now_ms) if system else sent_at_ms + TICK_AHEAD_MS
    # Raw sightings die within a day: older ones are not brought to life.
    stale_ms = now_ms - rooms.policy.raw_hours * 3_600_000
    identities = _reaching(
        uow, batch, oldest_ms=stale_ms + offset_ms, latest_ms=latest_ms + offset_ms
    )
    late_ms = now_ms - round(rooms.policy.presence.late_s * 1000)
    unknown = stale = late = 0
    beacons: list[BeaconRow] = []
    found: list[Observation] = []
    for row in batch.rows:
        at_ms = min(row.last_at_ms - offset_ms, latest_ms)
        if at_ms < stale_ms:
            stale += 1
            continue
        owner = identities.resolve(row.kind, row.identity, at_ms)
        if owner is None:
            of_shop = row.kind == "ibeacon" and uow.live.plan.anchor(beacon_anchor(row.identity))
            if of_shop:
                levels = row.rssi_max_dbm, row.measured_power_dbm
                beacons.append(
                    BeaconRow(
                        row.identity, at_ms, row.count, row.rssi_mean_dbm, row.extras, *levels
                    )
                )
            unknown += not of_shop
            continue
        late += at_ms < late_ms
        level = row.rssi_mean_dbm, row.count, row.measured_power_dbm
        found.append(Observation(owner.shopper, anchor, at_ms / 1000, *level, owner.identity_id))
    if beacons:
        uow.after_commit(lambda: rooms.tally.add(batch.gateway, beacons))
        uow.after_commit(lambda: rooms.signals.add(batch.gateway, beacons))
    observed = _agreed(uow, rooms, found, now=now)
    counters = uow.live.counters.plus(
        sightings=len(batch.rows),
        unknown_identities=unknown,
        shop_beacons=len(beacons),
        stale_sightings=stale,
        late_sightings=late,
        not_consented=len(found) - len(observed),
        observations=len(observed),
    )
    uow.live = replace(uow.live, counters=counters)
    return observed


def _agreed(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, found: Sequence[Observation], *, now: datetime
) -> list[Observation]:
    """What is of shoppers who agree now and agreed when it was heard.

    What a spool brings from the time of a no stays unheard.
    """
    since_ms = ConsentRepository(uow.session, rooms.scope).allowed_since(
        {one.device for one in found}, Purpose.LOCATION, at=now
    )
    return [
        one for one in found if round(one.t * 1000) >= since_ms.get(ShopperId(one.device), NEVER)
    ]


def _reaching(
    uow: UnitOfWork[StoreLive], batch: SightingBatch, *, oldest_ms: int, latest_ms: int
) -> IdentityTable:
    """A table that knows the ids of the batch's times, which may be hours back.

    Times that are not used anyway are not reached for: computing ids costs memory and time.
    """
    identities = uow.live.identities
    times = [at_ms for row in batch.rows if oldest_ms <= (at_ms := row.last_at_ms) <= latest_ms]
    for at_ms in sorted({min(times), max(times)}) if times else ():
        if identities.due(at_ms):
            identities = identities.reaching_back(at_ms)
    if identities is not uow.live.identities:
        uow.live = replace(uow.live, identities=identities)
    return identities
