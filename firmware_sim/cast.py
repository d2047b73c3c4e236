"""Who comes: simulated shoppers with a device, consents and a taste for zones."""

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firmware_sim.events import DeviceKind
from firmware_sim.people import People

# An EID period of 2^10 s is what Eddystone recommends; docs/simulator.md names it.
EXPONENT = 10
# The company id of static fobs, our own; the fob's number is made from the seed.
FOB_UUID = "7d3f1c58-94e2-4b06-a1cf-2f6e80d95b13"
# Device clocks of tags drift; enrolment measures the offset. Source: Eddystone-EID, "clock drift".
CLOCK_OFFSET_S = 86_400


@dataclass(frozen=True, slots=True)
class Profile:
    """What real purchases say of one shopper; `zone_pull` weighs zones by what is bought there."""

    shopper: str
    household: str
    zone_pull: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SimShopper:
    """One simulated shopper and the device in the pocket or hand; household None: not known."""

    shopper: str
    household: str | None
    kind: DeviceKind
    key: bytes
    clock_offset_s: int
    allows_location: bool
    allows_offers: bool
    zone_pull: Mapping[str, float]

    @property
    def static_identity(self) -> str:
        """What a fob says for ever: uuid:major:minor, made from its key."""
        major, minor = (int.from_bytes(self.key[at : at + 2], "big") for at in (0, 2))
        return f"{FOB_UUID}:{major}:{minor}"

    @property
    def platform(self) -> str:
        """The app's platform; a tag's owner has the app on a phone that stays at home."""
        return "android" if self.kind.startswith("android") else "ios"


def cast_shoppers(
    people: People, *, profiles: Sequence[Profile], seed: int
) -> tuple[SimShopper, ...]:
    """One shopper for each place of `people.kinds`, in an order mixed by the seed.

    Args:
        people: how many of each kind, and the shares that withhold a consent.
        profiles: at least as many as there are places; the first ones are taken.
        seed: of the scenario.
    """
    kinds = [kind for kind, count in people.kinds.items() for _ in range(count)]
    rng = random.Random(f"{seed}:cast")
    rng.shuffle(kinds)
    without_location = _chosen(rng, len(kinds), people.without_location_share)
    without_offers = _chosen(rng, len(kinds), people.without_offers_share)
    return tuple(
        SimShopper(
            shopper=profile.shopper,
            household=profile.household,
            kind=kind,
            key=identity_key(seed, profile.shopper),
            clock_offset_s=rng.randrange(CLOCK_OFFSET_S) if kind is DeviceKind.TAG else 0,
            allows_location=number not in without_location,
            allows_offers=number not in without_offers,
            zone_pull=profile.zone_pull,
        )
        for number, (kind, profile) in enumerate(zip(kinds, profiles, strict=False))
    )


def identity_key(seed: int, shopper: str) -> bytes:
    """The 16 bytes from which the shopper's device derives its rotating ids."""
    return hashlib.blake2b(f"{seed}:{shopper}".encode(), digest_size=16).digest()


def plain_profiles(number: int) -> tuple[Profile, ...]:
    """Shoppers without a history, for runs without the real data."""
    return tuple(Profile(f"s-{one}", f"h-{one}", {}) for one in range(1, number + 1))


def _chosen(rng: random.Random, number: int, share: float) -> frozenset[int]:
    """`share` of the numbers below `number`, at least one when the share is above 0."""
    count = max(1, round(number * share)) if share > 0 else 0
    return frozenset(rng.sample(range(number), min(number, count)))
