"""The channels of a campaign for people: which may carry it, which are set up, what each needs."""

from collections.abc import Collection
from dataclasses import dataclass

from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.slice_view import PART_TEXTS
from store_server.offers.channel import SENT_CHANNELS, ReadingChannel
from store_server.outbox.channel_setup import ChannelSetup
from store_server.reports.outcomes import Cut

CHANNEL_TEXTS = PART_TEXTS[Cut.CHANNEL]
# In the order in which they are shown.
ORDER = (
    ReadingChannel.PUSH,
    ReadingChannel.EMAIL,
    ReadingChannel.SMS,
    ReadingChannel.WEB,
    ReadingChannel.KIOSK,
)
NEEDS_TEXTS = {
    ReadingChannel.PUSH: N_("through the webhook of your app; always there"),
    ReadingChannel.EMAIL: N_("to who gave an address and agreed to e-mail"),
    ReadingChannel.SMS: N_("to who gave a number and agreed to text messages"),
    ReadingChannel.WEB: N_("to who subscribed in the browser"),
    ReadingChannel.KIOSK: N_("on the screen of the zone, for all to see; only when ticked"),
}


@dataclass(frozen=True, slots=True)
class ChannelChoice:
    """One box of the form; a channel that is not set up carries nothing until it is."""

    name: str
    text: str
    needs: str
    is_set_up: bool


def channel_choices(setup: ChannelSetup, chosen: Collection[str]) -> tuple[ChannelChoice, ...]:
    """The channels that are set up, and those that a campaign names already."""
    ready = channels_ready(setup)
    return tuple(
        ChannelChoice(one.value, CHANNEL_TEXTS[one], NEEDS_TEXTS[one], one in ready)
        for one in ORDER
        if one in ready or one.value in chosen
    )


def channels_ready(setup: ChannelSetup) -> frozenset[ReadingChannel]:
    """By which an offer can be sent on this server."""
    named = {ReadingChannel(one) for one in setup.limits if one in set(ReadingChannel)}
    return frozenset({ReadingChannel.PUSH} | (named & SENT_CHANNELS))
