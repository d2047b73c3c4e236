"""What gateways say of themselves: their retained state, their health; and that all may be gone.

The state moves the event clock too: a gateway that goes offline is not waited for any more.
"""

from dataclasses import replace
from datetime import datetime

import msgspec

from proximity_wire.messages import GatewayState, Health, encode
from proximity_wire.topics import Channel, GatewayTopic
from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.flows.advance_presence import move_clock, save_progress
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.presence.gateway_live import GatewayLive
from store_server.presence.quarantine import refuse
from store_server.presence.repository import IntakeRepository

# Enough for an operator to see a day's shape at a message every 15 s.
HEALTH_KEPT_MS = 24 * 3600 * 1000
# A plan has dozens of gateways; names beyond this come from a client that makes them up.
MAX_GATEWAYS = 1_000


def take_gateway_state(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    state: GatewayState,
    gateway: str,
    received_at_ms: int,
) -> bool:
    """Put a gateway's state on the board; False when it was refused.

    Args:
        uow: the transaction.
        rooms: the store.
        now: the instant that rules go by.
        state: decoded.
        gateway: who said it, by the topic.
        received_at_ms: when it came in, by the system clock.
    """
    if not _is_its_own(uow, rooms, state, gateway=gateway, received_at_ms=received_at_ms):
        return False
    line = uow.live.gateways.get(gateway) or GatewayLive(gateway)
    # After an end or a new start it tells anew up to when it has told: until then it holds
    # the event clock.
    begins_anew = not state.online or (line.state_known and line.boot_id != state.boot_id)
    line = replace(
        line,
        online=state.online,
        state_known=True,
        boot_id=state.boot_id,
        config_version=state.config_version,
        confirmed=state.confirmed,
        refused_version=state.refused_version,
        state_at_ms=to_ms(now),
    )
    uow.live = uow.live.with_gateway(line.silent() if begins_anew else line)
    if move_clock(uow, rooms):
        save_progress(uow, rooms)
    return True


def take_health(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    health: Health,
    gateway: str,
    received_at_ms: int,
) -> bool:
    """Keep a gateway's health and show it on the board; False when it was refused.

    Args:
        uow: the transaction.
        rooms: the store.
        now: the instant that rules go by.
        health: decoded.
        gateway: who said it, by the topic.
        received_at_ms: when it came in, by the system clock.
    """
    if not _is_its_own(uow, rooms, health, gateway=gateway, received_at_ms=received_at_ms):
        return False
    intake = IntakeRepository(uow.session, rooms.scope)
    intake.add_health(
        gateway, encode(health), at_ms=received_at_ms, keep_ms=received_at_ms - HEALTH_KEPT_MS
    )
    line = uow.live.gateways.get(gateway) or GatewayLive(gateway)
    told: dict[str, object] = msgspec.to_builtins(health)
    uow.live = uow.live.with_gateway(replace(line, health=told, health_at_ms=to_ms(now)))
    return True


def lose_sight_of_gateways(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> None:
    """The connection to the broker is new: who is online is to be heard again.

    The retained states follow the subscription, and each gateway that is online then holds the
    event clock until its first batch: so no backlog is overtaken by another gateway's.
    """
    del rooms, now
    board = {
        name: replace(
            line.silent(),
            online=False,
            awaited=line.awaited or (line.online and line.last_sent_at_ms is not None),
            state_known=False,
        )
        for name, line in uow.live.gateways.items()
    }
    uow.live = replace(uow.live, gateways=board)


def _is_its_own(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    message: GatewayState | Health,
    *,
    gateway: str,
    received_at_ms: int,
) -> bool:
    """Whether a gateway speaks of itself; what does not is put into quarantine."""
    scope = rooms.scope
    if (message.org, message.store, message.gateway) != (scope.org, scope.store, gateway):
        reason = "topic_mismatch"
    elif gateway in uow.live.revoked:
        reason = "gateway_revoked"
    elif gateway not in uow.live.gateways and len(uow.live.gateways) >= MAX_GATEWAYS:
        reason = "too_many_gateways"
    else:
        return True
    channel = Channel.STATE if isinstance(message, GatewayState) else Channel.HEALTH
    topic = GatewayTopic(scope.org, scope.store, gateway, channel)
    intake = IntakeRepository(uow.session, scope)
    intake.quarantine(refuse(str(topic), encode(message), reason=reason), at_ms=received_at_ms)
    uow.live = replace(uow.live, counters=uow.live.counters.plus(quarantined_messages=1))
    return False
