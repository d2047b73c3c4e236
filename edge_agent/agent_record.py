"""A small file beside the spool: how often the agent was started, and which configuration it has.

It is written whole and put in place by a rename, so that a power cut leaves the old or the new
one. A file that cannot be read counts as none: the gateway then runs by its own settings.
"""

import logging
import os
from pathlib import Path

import msgspec
from msgspec import Struct

from proximity_wire.messages import GatewayConfig

logger = logging.getLogger(__name__)

SUFFIX = ".record"


class RecordedState(Struct, frozen=True, kw_only=True):
    """What is remembered.

    `kept` is the configuration that has proven itself, `trial` the one being tried since
    `trial_starts` starts, `refused_version` the newest that was rolled back. `running` stays when a
    process is killed.
    """

    starts: int = 0
    kept: GatewayConfig | None = None
    trial: GatewayConfig | None = None
    trial_starts: int = 0
    heard_before: bool = False
    refused_version: int = 0
    running: bool = False


class AgentRecord:
    """The record of one spool; `state` is what was last read or written."""

    def __init__(self, spool_path: Path) -> None:
        """Read it; a missing or broken file gives an empty record."""
        self._path = spool_path.with_name(spool_path.name + SUFFIX)
        self.state = RecordedState()
        try:
            self.state = msgspec.json.decode(self._path.read_bytes(), type=RecordedState)
        except FileNotFoundError:
            return
        except (OSError, msgspec.MsgspecError) as error:
            logger.warning("record cannot be read, begun anew: path=%s %s", self._path, error)

    def write(self, state: RecordedState) -> bool:
        """Remember `state`; False when the disk refuses, and it is known in memory only."""
        self.state = state
        draft = self._path.with_name(self._path.name + ".new")
        try:
            with draft.open("wb") as file:
                file.write(msgspec.json.encode(state))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
        except OSError as error:
            logger.error("record cannot be written: path=%s error=%s", self._path, error)
            return False
        return True
