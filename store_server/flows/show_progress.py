"""Flow (read): how far the store has come: clock, gateways, queues, and what was counted.

The simulator waits by it (`--lockstep`), an operator looks at it when something seems stuck.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.decisions.decision import Outcome
from store_server.decisions.kill_switch import KillSwitch
from store_server.decisions.repository import SwitchRepository
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.outbox.repository import OutboxRepository
from store_server.presence.gateway_live import GatewayLive
from store_server.presence.quarantine import QuarantineEntry
from store_server.presence.repository import IntakeRepository, PresenceRepository

# Counts that are named also before the first of their kind: a reader need not ask twice.
ALWAYS_NAMED = ("sightings", "unknown_identities", "not_consented", "zone_events", "visits")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the store has come.

    counts: since the store's first day, by name. decisions / reasons: the same for the counts
    named `decisions.*` and `reasons.*`. outbox: deliveries in each state.
    kill_switch: where it stands.
    """

    event_now_ms: int
    clock: str
    gateways: Mapping[str, GatewayLive]
    pending_observations: int
    outbox: Mapping[str, int]
    counts: Mapping[str, int]
    decisions: Mapping[str, int]
    reasons: Mapping[str, int]
    kill_switch: KillSwitch


def show_progress(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> Progress:
    """The progress as of the last publication."""
    live = uow.live
    values = live.counters.values
    event_mode = rooms.policy.clock == "event"
    return Progress(
        event_now_ms=live.event_now_ms if event_mode else to_ms(now),
        clock=rooms.policy.clock,
        gateways=live.gateways,
        pending_observations=len(live.pending),
        outbox=OutboxRepository(uow.session, rooms.scope).counts(),
        counts=dict.fromkeys(ALWAYS_NAMED, 0)
        | {name: count for name, count in values.items() if "." not in name},
        decisions={outcome.value: 0 for outcome in Outcome} | _under("decisions", values),
        reasons=_under("reasons", values),
        kill_switch=SwitchRepository(uow.session, rooms.scope).read(),
    )


def show_event_time(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> int:
    """How far the store's event clock has come, ms, whichever process moves it."""
    progress = PresenceRepository(uow.session, rooms.scope).progress()
    return uow.live.event_now_ms if progress is None else progress.event_now_ms


def show_quarantine(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    limit: int = 100,
) -> list[QuarantineEntry]:
    """The newest `limit` messages that were refused."""
    return IntakeRepository(uow.session, rooms.scope).quarantined(limit=limit)


def _under(prefix: str, values: Mapping[str, int]) -> dict[str, int]:
    """The counts whose name begins with `prefix.`, by the rest of the name."""
    return {
        name.removeprefix(f"{prefix}."): count
        for name, count in sorted(values.items())
        if name.startswith(f"{prefix}.")
    }
