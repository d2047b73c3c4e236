"""Health, gathered from all parts: published at every interval and after each new connection.

It also says whether the agent makes progress, which is what the service manager's watchdog asks.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from edge_agent.clocks import GatewayClock
from edge_agent.health import Heard, Running, compose_health, read_machine
from edge_agent.hearing import Hearing
from edge_agent.mqtt_uplink import MqttUplink
from edge_agent.service_notice import ServiceNotice
from edge_agent.settings import EdgeSettings
from proximity_wire.messages import Health

# A turn of the uplink takes half a second; a slow flash card may hold it for many.
_STUCK_AFTER_S = 30.0
# Signs of life per watchdog interval; systemd advises two.
_SIGNS = 3


@dataclass(frozen=True, slots=True)
class Parts:
    """Whom health asks."""

    hearing: Hearing
    uplink: MqttUplink
    clock: GatewayClock
    dropped: Callable[[], Counter[str]]
    radio: Callable[[], tuple[str, int, int] | None]


class VitalSigns:
    """The health of one run; `latest` is the message that was composed last."""

    def __init__(
        self, settings: EdgeSettings, parts: Parts, *, running: Running, notice: ServiceNotice
    ) -> None:
        """Begin to count the time from now.

        Args:
            settings: whose health, and how often.
            parts: whom to ask.
            running: what runs.
            notice: hears of progress.
        """
        self._settings = settings
        self._parts = parts
        self._running = running
        self._notice = notice
        self._started_s = self._due_s = time.monotonic()
        self._before = (self._started_s, 0)
        self._connects_seen = 0
        self._sign_due_s = 0.0
        self.latest: Health | None = None

    def tell(self, now_s: float) -> None:
        """Publish health when it is due, and tell the watchdog while there is progress."""
        if self._parts.uplink.idle_s < _STUCK_AFTER_S and now_s >= self._sign_due_s:
            self._sign_due_s = now_s + (self._notice.watchdog_s or 60.0) / _SIGNS
            self._notice.alive()
        uplink = self._parts.uplink.status
        if now_s >= self._due_s or uplink.connects != self._connects_seen:
            self._publish(now_s)

    def _publish(self, now_s: float) -> None:
        health = self._compose(now_s)
        if health is None:
            return
        self._connects_seen = self._parts.uplink.status.connects
        self._due_s = now_s + self._settings.health.interval_s
        self.latest = health
        self._parts.uplink.publish_health(health)
        self._notice.status(
            f"{health.adverts_per_s:.0f} adverts/s, {health.queued_batches} batches wait, broker "
            + ("connected" if self._parts.uplink.status.connected else "away")
        )

    def _compose(self, now_s: float) -> Health | None:
        """The message, or None while the time is not known."""
        parts, gateway = self._parts, self._settings.gateway
        sent_at_ms = parts.clock.now_ms()
        if sent_at_ms is None:
            return None
        before_s, adverts_before = self._before
        self._before = (now_s, parts.hearing.adverts)
        rate = (parts.hearing.adverts - adverts_before) / max(now_s - before_s, 1e-3)
        return compose_health(
            org=gateway.org,
            store=gateway.store,
            gateway=gateway.gateway,
            running=self._running,
            sent_at_ms=sent_at_ms,
            clock=parts.clock.quality(),
            clock_offset_ms=parts.clock.offset_ms(),
            uptime_s=now_s - self._started_s,
            heard=Heard(
                adverts=parts.hearing.adverts,
                adverts_per_s=rate,
                frames=parts.hearing.frames,
                dropped=parts.dropped(),
                live_identities=parts.hearing.live_identities,
                radio=parts.radio(),
            ),
            uplink=parts.uplink.status,
            machine=read_machine(),
        )
