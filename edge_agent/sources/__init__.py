"""AdvertSource, the port: what every source of adverts looks like from the agent.

Three sources stand behind it: `bluez` (the radio, through bleak), `feed` (a simulator's Unix
datagram socket) and `replay` (a recorded file). No source raises because of what it heard; what it
cannot read it counts in `dropped`.
"""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Literal, NamedTuple, Protocol

from edge_agent.advert import Burst

ScannerState = Literal["passive", "active", "starting", "silent", "failed"]


class RadioStatus(NamedTuple):
    """How the radio is: what the scanner does, and how often it had to be helped."""

    scanner_state: ScannerState
    scanner_restarts: int
    adapter_resets: int


class AdvertSource(Protocol):
    """A source of adverts."""

    dropped: Counter[str]

    @property
    def radio(self) -> RadioStatus | None:
        """How the radio is; None where there is none."""

    def bursts(self) -> AsyncIterator[Burst]:
        """What is heard, as it is heard; ends only when there will never be more.

        Raises:
            SourceError: the source cannot be opened, and trying again is of no use.
        """
