"""What happens in the simulated shop: adverts on the air, people at doors and tills.

Everything here is a value that follows from scenario and seed alone; nothing that the store
server answers may enter it, so that the event log of a seed is the same every time. Instants
are simulated UTC milliseconds.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class DeviceKind(StrEnum):
    """How a shopper's device takes part: the kinds of docs/simulator.md."""

    IOS_POCKET = "ios_pocket"
    IOS_OPEN = "ios_open"
    ANDROID_BACKGROUND = "android_background"
    ANDROID_EID = "android_eid"
    IOS_TOKEN = "ios_token"  # noqa: S105 - the name of an advert, not a secret
    TAG = "tag"
    FOB = "fob"

    @property
    def ranges(self) -> bool:
        """Whether the device hears fixed beacons and reports them by the app (M1)."""
        return self in {
            self.IOS_POCKET,
            self.IOS_OPEN,
            self.ANDROID_BACKGROUND,
            self.ANDROID_EID,
        }

    @property
    def advertises(self) -> bool:
        """Whether the device sends an id that gateways hear (M2 and M3)."""
        return self not in {self.IOS_POCKET, self.ANDROID_BACKGROUND}

    @property
    def is_phone(self) -> bool:
        """Whether it is a phone, whose app can be killed and whose Bluetooth can be off."""
        return self not in {self.TAG, self.FOB}


class HeardAdvert(NamedTuple):
    """One advert as one gateway's radio hands it over; the order is that of the feed."""

    heard_at_ms: int
    address: str
    ad_hex: str
    rssi_dbm: int


class RangedBeacon(NamedTuple):
    """One fixed beacon as a phone's operating system ranged it: a mean over a second."""

    beacon: str
    rssi_dbm: int
    at_ms: int
    measured_power_dbm: int
    heard: int


class AppReport(NamedTuple):
    """What one phone posts to the store at one time."""

    shopper: str
    at_ms: int
    sightings: tuple[RangedBeacon, ...]


class Happening(NamedTuple):
    """What a shopper does: `what` is arrived, asked (the app for an offer), paid or left."""

    at_ms: int
    what: str
    shopper: str
    visit: int


class Whereabouts(NamedTuple):
    """The truth about one shopper at one whole second."""

    shopper: str
    x: float
    y: float
    zone: str | None


@dataclass(frozen=True, slots=True)
class Tick:
    """Everything of one simulated second, up to and including `at_ms`."""

    at_ms: int
    adverts_sent: int
    heard: dict[str, list[HeardAdvert]] = field(default_factory=dict)
    reports: tuple[AppReport, ...] = ()
    happenings: tuple[Happening, ...] = ()
    truth: tuple[Whereabouts, ...] = ()

    @property
    def adverts_heard(self) -> int:
        """Adverts over all gateways: one that three gateways hear counts three times."""
        return sum(len(adverts) for adverts in self.heard.values())
