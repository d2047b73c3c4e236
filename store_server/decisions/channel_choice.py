"""By which channel a shopper is told: what reaches them, what they asked for, what they open.

Only channels that reach the shopper and are agreed to come in here. The one that the shopper asked
for goes first, then the one whose messages they open most, as far as is known: few messages say
little, so the rate is drawn towards PRIOR_BP as if PRIOR_MESSAGES had been seen already. Where
nothing is known all are alike, and the fixed order decides.

Source: additive (Laplace) smoothing, a beta prior of PRIOR_MESSAGES observations.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from store_server.offers.channel import ReadingChannel

PRIOR_MESSAGES = 10
PRIOR_BP = 2_000
FULL_BP = 10_000
# Equal ones go in this order; a screen, which everybody reads, only where a campaign names it.
IN_ORDER = (
    ReadingChannel.PUSH,
    ReadingChannel.WEB,
    ReadingChannel.EMAIL,
    ReadingChannel.SMS,
    ReadingChannel.KIOSK,
)


class Because(StrEnum):
    """Why a channel stands first."""

    PREFERRED = "preferred"
    OPENED = "opened"
    ONLY = "only"
    ORDER = "order"


class ChannelMark(NamedTuple):
    """One channel that reaches the shopper; `open_bp`: how often they open it, smoothed."""

    channel: ReadingChannel
    open_bp: int
    because: Because


class Opens(NamedTuple):
    """Messages that arrived by a channel, and how many of them were opened."""

    delivered: int
    opened: int


def smoothed_bp(opens: Opens) -> int:
    """How often messages are opened, in basis points.

    Example:
        >>> smoothed_bp(Opens(0, 0)), smoothed_bp(Opens(10, 10))
        (2000, 6000)
    """
    seen = opens.opened * FULL_BP + PRIOR_BP * PRIOR_MESSAGES
    return seen // (opens.delivered + PRIOR_MESSAGES)


def rank_channels(
    reached: Iterable[ReadingChannel],
    *,
    opens: Mapping[ReadingChannel, Opens],
    preferred: ReadingChannel | None,
) -> tuple[ChannelMark, ...]:
    """Channels that reach a shopper, the best first.

    Args:
        reached: with contact and consent, in any order.
        opens: what is known of each.
        preferred: what the shopper asked for; None: nothing.
    """
    rates = {one: smoothed_bp(opens.get(one, Opens(0, 0))) for one in reached}
    ordered = sorted(
        rates, key=lambda one: (one is not preferred, -rates[one], IN_ORDER.index(one))
    )
    best = max(rates.values(), default=0)
    return tuple(
        ChannelMark(one, rates[one], _because(one, rates, preferred=preferred, best=best))
        for one in ordered
    )


def _because(
    channel: ReadingChannel,
    rates: Mapping[ReadingChannel, int],
    *,
    preferred: ReadingChannel | None,
    best: int,
) -> Because:
    if len(rates) == 1:
        return Because.ONLY
    if channel is preferred:
        return Because.PREFERRED
    alone = rates[channel] == best and list(rates.values()).count(best) == 1
    return Because.OPENED if alone else Because.ORDER
