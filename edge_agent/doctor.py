"""`edge-agent doctor`: everything a gateway needs, one line each, with the command that mends it.

Nothing is changed, and nothing but one empty batch is sent.
"""

import os
import shutil
import socket
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from edge_agent.broker_probe import Visit, visit_broker
from edge_agent.clocks import SystemClock
from edge_agent.errors import SpoolError, SpoolLocked
from edge_agent.quarantine import SUFFIX, read_quarantine
from edge_agent.settings import EdgeSettings, unreadable_files
from edge_agent.sources.bluez import adapters_of
from edge_agent.sources.bluez_watch import BluezFault, BluezWatch
from edge_agent.spool_file import lock_spool

_REACH_TIMEOUT_S = 5.0
_VISIT_TIMEOUT_S = 6.0
_RFKILL = Path("/sys/class/rfkill")


class Finding(NamedTuple):
    """One line: how it stands with `subject`, and what mends it (empty when all is well)."""

    standing: Literal["OK", "WARN", "FAIL"]
    subject: str
    text: str
    mend: str = ""

    def __str__(self) -> str:
        """For a terminal."""
        line = f"{self.standing:<4}  {self.subject}: {self.text}"
        return f"{line}\n      -> {self.mend}" if self.mend else line


async def radio_findings(settings: EdgeSettings, *, rfkill: Path = _RFKILL) -> list[Finding]:
    """BlueZ, each adapter, and what blocks it."""
    source = settings.source
    if source.kind != "bluez":
        return [Finding("OK", "radio", f"none is needed, adverts come from the {source.kind}")]
    found = list(_blocked(rfkill))
    for adapter in adapters_of(source):
        watch = BluezWatch(adapter)
        try:
            await watch.open()
        except BluezFault as fault:
            found.append(_bluez_fault(str(fault)))
            continue
        finally:
            watch.close()
        name = watch.adapter
        if watch.powered:
            how = "passive" if watch.offers_monitors else "active only: BlueZ has no monitors"
            found.append(Finding("OK", "adapter", f"{name} is powered, scanning can be {how}"))
            found += _scan_findings(settings, monitors=watch.offers_monitors)
        else:
            mend = f"bluetoothctl select {name}; bluetoothctl power on"
            found.append(Finding("FAIL", "adapter", f"{name} is switched off", mend))
    return found


def _scan_findings(settings: EdgeSettings, *, monitors: bool) -> list[Finding]:
    """A warning where the scan will be passive: BlueZ keeps repeats to itself then."""
    scan = settings.source.scan
    if scan == "active" or (scan == "auto" and not monitors):
        return []
    text = f'scan = "{scan}" is a passive scan: a tag that lies still falls silent, its stay ends'
    mend = 'set [source] scan = "active", unless only arrivals matter or nothing may be sent'
    return [Finding("WARN", "scan", text, mend)]


def clock_finding() -> Finding:
    """Whether the time is right."""
    mend = "sudo timedatectl set-ntp true; timedatectl status"
    clock = SystemClock()
    match clock.quality():
        case "unset":
            return Finding("FAIL", "clock", "it was never set; nothing can be sent", mend)
        case "synced":
            return Finding("OK", "clock", f"synchronised, offset {clock.offset_ms():.1f} ms")
        case _:
            return Finding("WARN", "clock", "no time service vouches for it", mend)


def spool_findings(settings: EdgeSettings) -> list[Finding]:
    """Whether the spool can be written, and has room for its quota."""
    path = Path(settings.spool.path)
    folder = path.parent
    try:
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(b"x")
    except OSError as error:
        mend = f"sudo install -d -m 0700 -o $(id -un) {folder}"
        text = f"{folder} cannot be written: {error.strerror}"
        return [Finding("FAIL", "spool", text, mend)]
    free_mb = shutil.disk_usage(folder).free / 1e6
    missing_mb = settings.spool.max_mb - _size_mb(path) - free_mb
    if missing_mb > 0:
        text = f"{missing_mb:.0f} MB are missing to [spool] max_mb on the disk of {folder}"
        return [Finding("WARN", "spool", text, f"df -h {folder}; or lower [spool] max_mb")]
    text = f"{path} can be written, {free_mb:.0f} MB are free"
    return [Finding("OK", "spool", text), *_quarantine_finding(path), *_lock_finding(path)]


def broker_findings(settings: EdgeSettings) -> Iterator[Finding]:
    """Whether the broker is there, lets us in, and the server acknowledges."""
    faults = unreadable_files(settings)
    for fault in faults:
        yield Finding("FAIL", "credentials", fault, "ls -l of that file; it must be ours to read")
    mqtt = settings.mqtt
    where = f"{mqtt.host}:{mqtt.port}"
    try:
        socket.create_connection((mqtt.host, mqtt.port), timeout=_REACH_TIMEOUT_S).close()
    except OSError as error:
        mend = f"ping {mqtt.host}; check [mqtt] host and port, and that the broker runs"
        yield Finding("FAIL", "broker", f"{where} cannot be reached: {error}", mend)
        return
    yield Finding("OK", "broker", f"{where} answers")
    if faults:
        return
    if mqtt.client_id_from_user and _agent_runs(Path(settings.spool.path)):
        text = "not tried: the agent runs, and there can be one client of this user only"
        yield Finding("WARN", "credentials", text, "systemctl stop beaconry-edge, and ask again")
        return
    now_ms = SystemClock().now_ms()
    if now_ms is None:
        return
    yield from _visited(
        visit_broker(settings, sent_at_ms=now_ms, timeout_s=_VISIT_TIMEOUT_S), settings
    )


def _visited(visit: Visit, settings: EdgeSettings) -> Iterator[Finding]:
    gateway = settings.gateway.gateway
    if visit.refusal:
        mend = f"on the server: store-server add-gateway {gateway}; compare [mqtt] and [gateway]"
        yield Finding("FAIL", "credentials", visit.refusal, mend)
        return
    yield Finding("OK", "credentials", f"the broker lets {gateway} in, MQTT {visit.mqtt}")
    if visit.acknowledged:
        yield Finding("OK", "server", "it has acknowledged an empty batch")
    else:
        mend = (
            "on the server: store-server check-config, then see that store-server serve runs; its "
            "[store] and [mqtt] must name the same organisation, store and broker"
        )
        yield Finding("FAIL", "server", "no acknowledgement came", mend)


def _bluez_fault(text: str) -> Finding:
    if "AccessDenied" in text or "not permitted" in text.lower():
        return Finding("FAIL", "permissions", text, "sudo usermod -aG bluetooth $(id -un)")
    if text.startswith("no adapter"):
        return Finding("FAIL", "adapter", text, "bluetoothctl list; check [source] adapter; lsusb")
    return Finding("FAIL", "bluez", text, "sudo systemctl enable --now bluetooth")


def _blocked(rfkill: Path) -> Iterator[Finding]:
    """A finding for each Bluetooth switch of the kernel that is off."""
    for switch in sorted(rfkill.glob("*")):
        try:
            kind, soft, hard = (
                (switch / name).read_text().strip() for name in ("type", "soft", "hard")
            )
        except OSError:
            continue
        if kind == "bluetooth" and soft == "1":
            mend = "sudo rfkill unblock bluetooth"
            yield Finding("FAIL", "rfkill", f"{switch.name} is blocked by software", mend)
        if kind == "bluetooth" and hard == "1":
            mend = "look for a switch on the computer"
            yield Finding("FAIL", "rfkill", f"{switch.name} is blocked by a switch", mend)


def _quarantine_finding(spool_path: Path) -> list[Finding]:
    path = spool_path.with_name(spool_path.name + SUFFIX)
    held = read_quarantine(path)
    if not held:
        return []
    why = ", ".join(
        f"{reason} {n}" for reason, n in sorted(Counter(h.reason for h in held).items())
    )
    text = f"batches that were given up, of the last day: {why}"
    mend = f"less {path}; on the server: GET /v1/ops/quarantine, and its log"
    return [Finding("WARN", "quarantine", text, mend)]


def _lock_finding(path: Path) -> list[Finding]:
    return [Finding("OK", "agent", "it runs on this spool")] if _agent_runs(path) else []


def _agent_runs(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        os.close(lock_spool(path))
    except SpoolLocked:
        return True
    except (SpoolError, sqlite3.Error):
        return False
    return False


def _size_mb(path: Path) -> float:
    return path.stat().st_size / 1e6 if path.exists() else 0.0
