"""Which channels are set up on this server beside webhooks, and how much each takes.

A way by a channel has the channel's name, as `offers.channel.ReadingChannel` has it; every other
way has the id of a webhook endpoint.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from store_server.outbox.lane import LaneLimits

STAFF = "staff"
SCREEN = "kiosk"
# Those that need an address of the shopper's (`shoppers.contact`).
CONTACTS = ("email", "sms", "web")
WAYS = (*CONTACTS, SCREEN, STAFF)


@dataclass(frozen=True, slots=True)
class ChannelSetup:
    """What is set up; a channel that is not in `limits` is off.

    staff_address: where alerts to staff go. screens: which screen hangs in which zone. public_url:
    where shoppers reach this server, for links. push_key: what browsers subscribe with.
    """

    limits: Mapping[str, LaneLimits] = field(default_factory=dict)
    staff_address: str = ""
    screens: Mapping[str, str] = field(default_factory=dict)
    public_url: str = ""
    push_key: str = ""

    def __repr__(self) -> str:
        return f"ChannelSetup({', '.join(self.limits)})"


NO_CHANNELS = ChannelSetup()
