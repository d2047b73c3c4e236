"""Which channels are set up on this server beside webhooks, and how much each takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from store_server.outbox.lane import LaneLimits

STAFF = "staff"


@dataclass(frozen=True, slots=True)
class ChannelSetup:
    """What is set up; a channel that is not in `limits` is off.

    staff_address: where alerts to staff go.
    """

    limits: Mapping[str, LaneLimits] = field(default_factory=dict)
    staff_address: str = ""

    def __repr__(self) -> str:
        return f"ChannelSetup({', '.join(self.limits)})"


NO_CHANNELS = ChannelSetup()
