"""What all transmitters share: an interval with the random delay, an address, a power."""

import random
from abc import ABC, abstractmethod

# advDelay: 0 to 10 ms on top of the interval. Source: Core Spec 5.4, Vol 6 Part B 4.4.2.2.1.
MAX_DELAY_MS = 10


class Advertiser(ABC):
    """A device that sends adverts; the world asks when, with which address and what."""

    interval_ms: int
    address: str

    def __init__(self, *, rng: random.Random, power_1m_dbm: float) -> None:
        self.rng = rng
        self.power_1m_dbm = power_1m_dbm

    def next_after(self, at_ms: int) -> int:
        """When the advert after the one at `at_ms` is sent."""
        return at_ms + self.interval_ms + self.rng.randint(0, MAX_DELAY_MS)

    @abstractmethod
    def payload(self, at_ms: int) -> bytes:
        """The advertising data of this advert, empty: none is sent; may change `address`."""


def static_address(rng: random.Random) -> str:
    """A random static device address: the two top bits are 1.

    Source: Core Spec 5.4, Vol 6 Part B 1.3.2.1.
    """
    return _spell(rng.getrandbits(48) | 0b11 << 46)


def private_address(rng: random.Random) -> str:
    """An address that looks like a resolvable private one: the two top bits are 01.

    Source: Core Spec 5.4, Vol 6 Part B 1.3.2.2.
    """
    return _spell(rng.getrandbits(46) | 0b01 << 46)


def _spell(bits: int) -> str:
    return ":".join(f"{byte:02X}" for byte in bits.to_bytes(6, "big"))
