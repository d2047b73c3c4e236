"""Watches one run of the agent for a remote configuration: one that arrives, one on trial.

Payloads come from the uplink's thread and wait here for the agent's loop, which asks at every
step. A new configuration is taken by starting anew: windows are closed, the spool stays, nothing
is lost; and a configuration that goes wrong is left the same way.
"""

import queue
from collections import Counter

from edge_agent.hearing import Hearing
from edge_agent.mqtt_uplink import MqttUplink
from edge_agent.remote_settings import RemoteSettings
from proximity_wire.errors import MessageError


class ConfigTrial:
    """The remote configuration of one run."""

    def __init__(
        self, remote: RemoteSettings, *, hearing: Hearing, confirm_s: float, started_s: float
    ) -> None:
        """Begin to watch; a trial that was begun must prove itself within `confirm_s` from now."""
        self._remote = remote
        self._hearing = hearing
        self._until_s = started_s + confirm_s
        self._waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.faults: Counter[str] = Counter()
        self.uplink: MqttUplink | None = None

    def offer(self, payload: bytes) -> None:
        """Take a payload of `down/config`; from any thread."""
        self._waiting.put(payload)

    def asks_for_new_start(self, now_s: float) -> bool:
        """Whether other settings are to be run: a new configuration, or the one before."""
        return self._new_one_came() or self._trial_failed(now_s)

    def _new_one_came(self) -> bool:
        while not self._waiting.empty():
            try:
                heard = self._hearing.adverts > 0
                if self._remote.take(self._waiting.get_nowait(), heard_before=heard):
                    return True
            except MessageError:
                self.faults["config_malformed"] += 1
        return False

    def _trial_failed(self, now_s: float) -> bool:
        if self._remote.standing.confirmed or self.uplink is None:
            return False
        hears = self._hearing.adverts > 0 or not self._remote.heard_before
        if hears and self.uplink.status.connected:
            self._remote.confirm()
            self.uplink.publish_state()
            return False
        if now_s < self._until_s:
            return False
        self._remote.roll_back()
        return True
