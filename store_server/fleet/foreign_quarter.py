"""How many foreign devices were around one gateway in one quarter of an hour: counts, no address.

Foreign are phones, watches and ear buds: whatever carries no frame of ours. What is kept is what
a turnstile would know.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from proximity_wire.messages import ForeignCount
from store_server.fleet.hearing import SLOT_MS


@dataclass(frozen=True, slots=True)
class ForeignQuarter:
    """One gateway, one quarter of an hour; `adverts` by family."""

    gateway: str
    slot_ms: int
    devices: int
    adverts: Mapping[str, int] = field(default_factory=dict)


def quarters_of(
    gateway: str, counts: Iterable[ForeignCount], *, sent_at_ms: int
) -> list[ForeignQuarter]:
    """The quarters that a batch tells of; one that is not over or of another length is none."""
    return [
        ForeignQuarter(gateway, one.from_at_ms, one.devices, dict(one.adverts))
        for one in counts
        if one.from_at_ms % SLOT_MS == 0
        and one.to_at_ms - one.from_at_ms == SLOT_MS
        and one.to_at_ms <= sent_at_ms
    ]


def joined(one: ForeignQuarter, other: ForeignQuarter) -> ForeignQuarter:
    """Two parts of one quarter, of a gateway that was started anew in between.

    Adverts add up; devices do not (most were around in both parts), the greater part is told.
    """
    adverts = Counter(one.adverts) + Counter(other.adverts)
    return ForeignQuarter(one.gateway, one.slot_ms, max(one.devices, other.devices), dict(adverts))
