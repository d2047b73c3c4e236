"""The health message: how this gateway is, from counters of all its parts.

Counters count since the start of the process; two messages give a rate. docs/operations_edge.md
explains every field and every reason of `dropped`.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from proximity_wire.messages import ClockQuality, Health

_STATM = Path("/proc/self/statm")
_TEMPERATURE = Path("/sys/class/thermal/thermal_zone0/temp")
_PAGE_BYTES = 4096


class UplinkStatus(NamedTuple):
    """What the uplink's thread says of itself; a snapshot, published whole."""

    spool_id: str
    connected: bool = False
    emitted: int = 0
    acked: int = 0
    queued: int = 0
    oldest_spooled_at_ms: int | None = None
    connects: int = 0
    takeovers: int = 0
    mqtt: str = ""
    noted: tuple[tuple[str, int], ...] = ()


class Heard(NamedTuple):
    """What the hearing side has counted."""

    adverts: int
    adverts_per_s: float
    frames: Counter[str]
    dropped: Counter[str]
    live_identities: int
    radio: tuple[str, int, int] | None = None
    """Scanner state, scanner restarts, adapter resets; None where there is no radio."""


class Machine(NamedTuple):
    """What the gateway's computer says; None where it says nothing."""

    rss_mb: float | None
    cpu_temperature_c: float | None


class Running(NamedTuple):
    """What runs: this start of the agent, how often it was started before, on what it stands."""

    boot_id: str
    version: str
    restarts: int = 0
    versions: Mapping[str, str] = MappingProxyType({})


def read_machine() -> Machine:
    """Resident memory of this process, and the temperature of the CPU."""
    return Machine(_resident_mb(), _temperature_c())


def compose_health(
    *,
    org: str,
    store: str,
    gateway: str,
    running: Running,
    sent_at_ms: int,
    clock: ClockQuality,
    clock_offset_ms: float | None,
    uptime_s: float,
    heard: Heard,
    uplink: UplinkStatus,
    machine: Machine,
) -> Health:
    """The health message at `sent_at_ms`."""
    oldest = uplink.oldest_spooled_at_ms
    scanner_state, scanner_restarts, adapter_resets = heard.radio or (None, 0, 0)
    return Health(
        org=org,
        store=store,
        gateway=gateway,
        boot_id=running.boot_id,
        sent_at_ms=sent_at_ms,
        clock=clock,
        uptime_s=round(uptime_s, 1),
        version=running.version,
        adverts=heard.adverts,
        adverts_per_s=round(heard.adverts_per_s, 2),
        frames=dict(heard.frames),
        dropped={reason: count for reason, count in heard.dropped.items() if count}
        | {reason: count for reason, count in uplink.noted if count},
        live_identities=heard.live_identities,
        spool_id=uplink.spool_id,
        emitted_batches=uplink.emitted,
        acked_batches=uplink.acked,
        queued_batches=uplink.queued,
        oldest_queued_s=0.0 if oldest is None else max(0.0, (sent_at_ms - oldest) / 1000),
        connects=uplink.connects,
        takeovers=uplink.takeovers,
        rss_mb=machine.rss_mb,
        cpu_temperature_c=machine.cpu_temperature_c,
        clock_offset_ms=clock_offset_ms,
        restarts=running.restarts,
        versions={**running.versions, "mqtt": uplink.mqtt} if uplink.mqtt else {**running.versions},
        scanner_state=scanner_state,
        scanner_restarts=scanner_restarts,
        adapter_resets=adapter_resets,
    )


def _resident_mb() -> float | None:
    try:
        pages = int(_STATM.read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return round(pages * _PAGE_BYTES / 1e6, 1)


def _temperature_c() -> float | None:
    try:
        return int(_TEMPERATURE.read_text(encoding="ascii")) / 1000
    except (OSError, ValueError):
        return None
