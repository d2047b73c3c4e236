"""Gateways that fail, as the tables [[outages]] of a scenario say it.

power    the machine is off: nothing is heard, nothing is sent; its spool survives
net      it hears and keeps, and cannot reach the broker
radio    it runs and is connected, and its radio is silent
"""

from dataclasses import dataclass
from enum import StrEnum


class OutageKind(StrEnum):
    """What of a gateway fails."""

    POWER = "power"
    NET = "net"
    RADIO = "radio"


@dataclass(frozen=True, slots=True)
class Outage:
    """One gateway fails from one instant to another, simulated seconds after the start."""

    gateway: str
    kind: OutageKind
    from_s: float
    for_s: float

    def covers(self, second: float) -> bool:
        """Whether the gateway is out at that many seconds after the start."""
        return self.from_s <= second < self.from_s + self.for_s

    @property
    def deafens(self) -> bool:
        """Whether nothing is heard while it lasts."""
        return self.kind is not OutageKind.NET
