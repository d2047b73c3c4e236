"""Settings that the server changes from afar: tried first, kept when they prove themselves.

    kept --(a higher version arrives)--> on trial --(connected and hearing)--> kept
      ^                                     |
      +------(a minute without that)--------+   its version is refused from then on

The trial is written down before it begins. A process that dies twice during a trial has its
answer as well: the third start begins with the configuration before.

Only what is listed in `_TARGETS` can be changed: nothing that could cut a gateway off from its
broker, its spool or its radio.
"""

import logging
from typing import NamedTuple

import msgspec

from edge_agent.agent_record import AgentRecord
from edge_agent.settings import EdgeSettings
from proximity_wire.errors import MessageError
from proximity_wire.messages import GatewayConfig, decode

logger = logging.getLogger(__name__)

MOST_TRIAL_STARTS = 2
_TARGETS = {
    "window_s": ("window", "seconds"),
    "forget_s": ("window", "forget_s"),
    "counting": ("window", "counting"),
    "silent_after_s": ("source", "silent_after_s"),
    "health_interval_s": ("health", "interval_s"),
    "log_level": ("log", "level"),
}


class ConfigStanding(NamedTuple):
    """What the state message says: the version that runs, whether it is kept, what was refused."""

    version: int = 0
    confirmed: bool = True
    refused_version: int = 0


class RemoteSettings:
    """Which remote configuration one gateway runs; `record` remembers it."""

    def __init__(self, record: AgentRecord, *, own: EdgeSettings) -> None:
        """Begin with what was remembered.

        Args:
            record: read already; written at every change.
            own: the settings of the gateway's file, which a configuration overrides.
        """
        self._record = record
        self._own = own
        self.was_killed = False
        """Whether the process before ended without a goodbye: its open windows are lost."""

    @property
    def standing(self) -> ConfigStanding:
        """What runs now."""
        state = self._record.state
        running = state.trial or state.kept
        return ConfigStanding(
            running.version if running else 0, state.trial is None, state.refused_version
        )

    @property
    def heard_before(self) -> bool:
        """Whether adverts were heard before the trial, so that they must be again."""
        return self._record.state.heard_before

    @property
    def restarts(self) -> int:
        """Starts of the agent on this spool, the first left out."""
        return max(0, self._record.state.starts - 1)

    def note_start(self) -> None:
        """The process has started; a trial that ended two processes is rolled back."""
        state = self._record.state
        self.was_killed = state.running
        started = msgspec.structs.replace(
            state,
            running=True,
            starts=state.starts + 1,
            trial_starts=state.trial_starts + 1 if state.trial else 0,
        )
        self._record.write(started)
        if started.trial_starts > MOST_TRIAL_STARTS:
            self.roll_back()

    def note_end(self) -> None:
        """The process ends on purpose; what was heard is in the spool."""
        self._record.write(msgspec.structs.replace(self._record.state, running=False))

    def effective(self) -> EdgeSettings:
        """The file's settings, overridden by the configuration that is kept or on trial."""
        running = self._record.state.trial or self._record.state.kept
        settings = self._own
        if running is None:
            return settings
        for name, (section, key) in _TARGETS.items():
            value = getattr(running, name)
            if value is not None:
                changed = msgspec.structs.replace(getattr(settings, section), **{key: value})
                settings = msgspec.structs.replace(settings, **{section: changed})
        return settings

    def take(self, payload: bytes, *, heard_before: bool) -> bool:
        """Take what arrived on `down/config`; True when it is to be tried: start anew with it.

        Raises:
            MessageError: it does not follow docs/wire_formats.md, or is another gateway's.
        """
        if not payload:
            return False  # The server took its retained message away; what is kept is kept.
        config = decode(payload, GatewayConfig)
        gateway = self._own.gateway
        if (config.org, config.store, config.gateway) != (
            gateway.org,
            gateway.store,
            gateway.gateway,
        ):
            raise MessageError("GatewayConfig: of another gateway")
        state = self._record.state
        if config.version <= max(self.standing.version, state.refused_version):
            return False
        logger.info("configuration arrived, on trial: version=%d", config.version)
        return self._record.write(
            msgspec.structs.replace(state, trial=config, trial_starts=1, heard_before=heard_before)
        )

    def confirm(self) -> None:
        """The trial has proven itself."""
        state = self._record.state
        if state.trial is None:
            return
        logger.info("configuration kept: version=%d", state.trial.version)
        self._record.write(
            msgspec.structs.replace(state, kept=state.trial, trial=None, trial_starts=0)
        )

    def roll_back(self) -> None:
        """The trial has failed: its version is refused from now on."""
        state = self._record.state
        if state.trial is None:
            return
        logger.error(
            "configuration rolled back, the gateway did not connect and hear with it: version=%d",
            state.trial.version,
        )
        self._record.write(
            msgspec.structs.replace(
                state, trial=None, trial_starts=0, refused_version=state.trial.version
            )
        )
