"""What a person carries: the device of a kind, its radios, and what goes wrong with it.

A phone of rows M1 + M2 both hears beacons and is heard; each way has an air of its own. Some
visits pass with Bluetooth off; in some the app is ended at a moment: from then on it neither
hears nor is heard until the next visit, as the owner opens it again.

Source: a force-quit app is not woken in the background: Apple developer forums, thread 815618
(2025); a force-stopped Android app loses its scans and services: Android, "Stopped state".
"""

import random
from collections.abc import Sequence

from firmware_sim.air import Ether, Link
from firmware_sim.cast import EXPONENT, SimShopper
from firmware_sim.events import DeviceKind
from firmware_sim.firmware.makes import key_fob, loyalty_tag
from firmware_sim.firmware.phone import AndroidPhone, IPhone
from firmware_sim.firmware.radio import Advertiser
from firmware_sim.firmware.ranging import BackgroundPhone, OpenPhone, PocketPhone, RangingPhone
from firmware_sim.floor import Anchor
from firmware_sim.people import People


class Carried:
    """One device in a pocket or hand; `begin_visit` draws what goes wrong this time."""

    def __init__(
        self,
        advertiser: Advertiser | None,
        ranger: RangingPhone | None,
        *,
        gateway_air: Ether,
        beacon_air: Ether,
        rng: random.Random,
        is_phone: bool,
    ) -> None:
        self.advertiser = advertiser
        self.ranger = ranger
        self.rng = rng
        self.heard_by = Link(gateway_air, rng=rng)
        self.hears = Link(beacon_air, rng=rng)
        self._is_phone = is_phone
        self._works_until_s = float("inf")

    def begin_visit(self, people: People, *, from_s: float, until_s: float) -> None:
        """Draw whether Bluetooth is off, and whether and when the app is ended."""
        is_off = self.rng.random() < people.bluetooth_off_share
        is_ended = self.rng.random() < people.app_killed_share
        ended_s = self.rng.uniform(from_s, until_s)
        self._works_until_s = float("inf")
        if self._is_phone and (is_off or is_ended):
            self._works_until_s = from_s if is_off else ended_s

    def works(self, at_s: float) -> bool:
        """Whether the radio is on and the app alive."""
        return at_s < self._works_until_s


def equip(
    who: SimShopper,
    *,
    beacons: Sequence[Anchor],
    gateway_air: Ether,
    beacon_air: Ether,
    rng: random.Random,
) -> Carried:
    """The device of one shopper, as its kind says."""
    return Carried(
        _advertiser(who, rng),
        _ranger(who.kind, beacons, rng),
        gateway_air=gateway_air,
        beacon_air=beacon_air,
        rng=rng,
        is_phone=who.kind.is_phone,
    )


def badge(key: bytes, *, gateway_air: Ether, beacon_air: Ether, rng: random.Random) -> Carried:
    """What staff wear: a tag that nobody has enrolled."""
    return Carried(
        loyalty_tag(key, exponent=EXPONENT, clock_offset_s=0, rng=rng),
        None,
        gateway_air=gateway_air,
        beacon_air=beacon_air,
        rng=rng,
        is_phone=False,
    )


def _advertiser(who: SimShopper, rng: random.Random) -> Advertiser | None:
    match who.kind:
        case DeviceKind.IOS_OPEN | DeviceKind.IOS_TOKEN:
            return IPhone(who.key, exponent=EXPONENT, rng=rng)
        case DeviceKind.ANDROID_EID:
            return AndroidPhone(who.key, exponent=EXPONENT, rng=rng)
        case DeviceKind.TAG:
            offset_s = who.clock_offset_s
            return loyalty_tag(who.key, exponent=EXPONENT, clock_offset_s=offset_s, rng=rng)
        case DeviceKind.FOB:
            return key_fob(who.static_identity, rng=rng)
        case _:
            return None


def _ranger(kind: DeviceKind, beacons: Sequence[Anchor], rng: random.Random) -> RangingPhone | None:
    match kind:
        case DeviceKind.IOS_POCKET:
            return PocketPhone(beacons, rng=rng)
        case DeviceKind.IOS_OPEN | DeviceKind.ANDROID_EID:
            return OpenPhone(beacons, rng=rng)
        case DeviceKind.ANDROID_BACKGROUND:
            return BackgroundPhone(beacons, rng=rng)
        case _:
            return None
