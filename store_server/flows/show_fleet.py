"""How the gateways of the store stand: each one of the plan, and any other that spoke.

Read from the published live state alone; no row is touched.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from store_server.clock import from_ms
from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.presence.gateway_live import GatewayLive

# Gateways send a batch every second, and health every 15 s; three healths missed is silence.
SILENT_AFTER_S = 45.0


class GatewayStanding(StrEnum):
    """How a gateway stands; what an operator acts on."""

    ONLINE = "online"
    CLOCK = "clock"  # online, but its clock was never set or runs free
    SILENT = "silent"  # says that it is online, but nothing came for a while
    OFFLINE = "offline"  # its last will arrived
    REVOKED = "revoked"  # cut off: it has no account, and nothing of it is taken
    UNHEARD = "unheard"  # on the plan, never heard since the server started


class ConfigProgress(StrEnum):
    """How far the newest configuration that was sent to a gateway has come."""

    OWN = "own"  # none was sent: its own file rules
    PENDING = "pending"  # it has not said anything about it yet
    TRIAL = "trial"  # it tries it
    CONFIRMED = "confirmed"  # it has proven itself
    REFUSED = "refused"  # the gateway went back to the one before


@dataclass(frozen=True, slots=True)
class GatewayLine:
    """One gateway for people and for the API. None: not known.

    `config_version` runs on the gateway, `pushed_version` was sent last; 0: its own file, none.
    `takeovers`: how often somebody else came to the broker under its client id, since its start.
    """

    id: str
    zone: str | None
    standing: GatewayStanding
    last_heard_at: datetime | None
    adverts_per_s: float | None
    queued_batches: int | None
    clock: str | None
    version: str | None
    applied_batches: int
    duplicates: int
    quarantined: int
    takeovers: int | None = None
    config: ConfigProgress = ConfigProgress.OWN
    config_version: int = 0
    pushed_version: int = 0


def show_fleet(
    uow: UnitOfWork[StoreLive], _rooms: StoreRooms, *, now: datetime
) -> tuple[GatewayLine, ...]:
    """Every gateway, those of the plan first and in its order."""
    return fleet_of(uow.live, now=now)


def fleet_of(live: StoreLive, *, now: datetime) -> tuple[GatewayLine, ...]:
    """The lines of `show_fleet`, from a published state."""
    zones = {gateway.id: str(gateway.zone) for gateway in live.plan.gateways}
    others = sorted(set(live.gateways) - set(zones))
    return tuple(
        _as_revoked(line) if line.id in live.revoked else line
        for line in (
            _line(name, zones.get(name), live.gateways.get(name), now=now)
            for name in (*zones, *others)
        )
    )


def _line(name: str, zone: str | None, known: GatewayLive | None, *, now: datetime) -> GatewayLine:
    one = known or GatewayLive(name, online=False)
    heard_ms = max(one.last_sent_at_ms or 0, one.health_at_ms or 0) or None
    heard_at = from_ms(heard_ms) if heard_ms else None
    clock = one.health.get("clock")
    version = one.health.get("version")
    return GatewayLine(
        id=name,
        zone=zone,
        standing=_standing(known, heard_at, now=now),
        last_heard_at=heard_at,
        adverts_per_s=_number(one.health.get("adverts_per_s")),
        queued_batches=_whole(one.health.get("queued_batches")),
        clock=clock if isinstance(clock, str) else None,
        version=version if isinstance(version, str) else None,
        applied_batches=one.applied_batches,
        duplicates=one.duplicates,
        quarantined=one.quarantined,
        takeovers=_whole(one.health.get("takeovers")),
        config=_config(one),
        config_version=one.config_version,
        pushed_version=one.pushed_version,
    )


def _config(one: GatewayLive) -> ConfigProgress:
    if one.pushed_version == 0:
        return ConfigProgress.OWN
    if one.refused_version >= one.pushed_version:
        return ConfigProgress.REFUSED
    if one.config_version < one.pushed_version:
        return ConfigProgress.PENDING
    return ConfigProgress.CONFIRMED if one.confirmed else ConfigProgress.TRIAL


def _as_revoked(line: GatewayLine) -> GatewayLine:
    return replace(line, standing=GatewayStanding.REVOKED)


def _standing(
    known: GatewayLive | None, heard_at: datetime | None, *, now: datetime
) -> GatewayStanding:
    if known is None or (heard_at is None and not known.state_known):
        return GatewayStanding.UNHEARD
    if not known.online:
        return GatewayStanding.OFFLINE
    if heard_at is None or (now - heard_at).total_seconds() > SILENT_AFTER_S:
        return GatewayStanding.SILENT
    if known.health.get("clock") in ("free", "unset"):
        return GatewayStanding.CLOCK
    return GatewayStanding.ONLINE


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
