"""Plays the outages of a scenario on the running gateways, second by second.

    well --(from_s)--> out: power: killed | net: its line is cut | radio: fed with ticks alone
    out --(for_s over, or the run ends)--> well: started again | its line is mended

What is heard in a power or radio outage is left out by the world already, so that the event log
of a seed is the same with and without programs.
"""

from collections.abc import Sequence
from typing import Protocol

import structlog

from firmware_sim.outage import Outage, OutageKind

log = structlog.get_logger(__name__)


class Gateways(Protocol):
    """Who can take a gateway out and bring it back."""

    def take_out(self, gateway: str, kind: OutageKind) -> None:
        """Kill the program, or cut its line; a silent radio needs nothing."""
        ...

    def bring_back(self, gateway: str, kind: OutageKind) -> None:
        """Start the program again, or mend its line."""
        ...


class OutagePlay:
    """The outages of one run; `silent` are the gateways that cannot reach the store now."""

    def __init__(self, outages: Sequence[Outage], gateways: Gateways) -> None:
        self._outages = tuple(outages)
        self._gateways = gateways
        self._out: list[Outage] = []

    @property
    def silent(self) -> frozenset[str]:
        """Gateways of which the store hears nothing for the time being."""
        return frozenset(one.gateway for one in self._out if one.kind is not OutageKind.RADIO)

    def play(self, second: float) -> None:
        """Take out and bring back what is due at that many seconds after the start."""
        for one in self._outages:
            if one.covers(second) and one not in self._out:
                log.info("gateway fails", gateway=one.gateway, kind=str(one.kind))
                self._gateways.take_out(one.gateway, one.kind)
                self._out.append(one)
            elif one in self._out and not one.covers(second):
                self._bring_back(one)

    def end(self) -> None:
        """Bring everything back: the run is over and every gateway is to hand over its spool."""
        for one in tuple(self._out):
            self._bring_back(one)

    def _bring_back(self, one: Outage) -> None:
        log.info("gateway is back", gateway=one.gateway, kind=str(one.kind))
        self._gateways.bring_back(one.gateway, one.kind)
        self._out.remove(one)
