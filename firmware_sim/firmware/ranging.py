"""Phones that hear (M1): the app ranges the shop's beacons and reports what its system allows.

    ios_open, android_eid  ranging every second, a report every three
    ios_pocket           asleep --(region entered or left)--> awake for 10 s --> asleep
    android_background   asleep --(the system grants a scan)--> 2 s of scan --> asleep

The app in the pocket monitors at most 20 regions. It is told late of an entry (the system scans
sparsely) and 20 to 30 s late of an exit, so it hears around the door and seldom afterwards.
"""

import math
import random
from abc import ABC, abstractmethod
from collections.abc import Sequence

from firmware_sim.air import Link
from firmware_sim.events import RangedBeacon
from firmware_sim.floor import Anchor

# Receivers of phone models differ. Source: as POWER_SD_DB in phone.py.
RECEIVER_SD_DB = 3.0


class RangingPhone(ABC):
    """One phone with the app; asked once a second while its owner is near the shop."""

    def __init__(self, beacons: Sequence[Anchor], *, rng: random.Random) -> None:
        self.beacons = tuple(beacons)
        self.rng = rng
        self._receiver_db = rng.gauss(0, RECEIVER_SD_DB)
        self._unsent: list[RangedBeacon] = []

    def step(self, at_ms: int, link: Link) -> tuple[RangedBeacon, ...]:
        """What the app posts in this second; empty most of the time."""
        heard = self._hear(at_ms, link)
        if self._is_awake(at_ms, heard):
            self._unsent.extend(heard)
        if not self._unsent or not self._posts_now(at_ms):
            return ()
        report = tuple(self._unsent)
        self._unsent.clear()
        return report

    def _hear(self, at_ms: int, link: Link) -> list[RangedBeacon]:
        heard = []
        for number, beacon in enumerate(self.beacons):
            rssi = link.arrives(number, power_1m_dbm=beacon.measured_power_dbm + self._receiver_db)
            if rssi is not None:
                heard.append(
                    RangedBeacon(beacon.identity, rssi, at_ms, beacon.measured_power_dbm, 1)
                )
        return heard

    @abstractmethod
    def _is_awake(self, at_ms: int, heard: Sequence[RangedBeacon]) -> bool:
        """Whether the app gets what the radio heard in this second."""

    @abstractmethod
    def _posts_now(self, at_ms: int) -> bool:
        """Whether the app sends its report in this second."""


class OpenPhone(RangingPhone):
    """The app on the screen: hears every second."""

    REPORT_EVERY_S = 3

    def __init__(self, beacons: Sequence[Anchor], *, rng: random.Random) -> None:
        super().__init__(beacons, rng=rng)
        self._beat = rng.randrange(self.REPORT_EVERY_S)

    def _is_awake(self, *_: object) -> bool:
        return True

    def _posts_now(self, at_ms: int) -> bool:
        return at_ms // 1000 % self.REPORT_EVERY_S == self._beat


class PocketPhone(RangingPhone):
    """An iPhone in the pocket: region monitoring and about 10 s of ranging per wake.

    Source: Apple, CLLocationManager (20 regions); Core Location "about ten seconds" of background
    time per region event. Entries within a second to 15 minutes, by phone and how many regions
    its apps share: D. G. Young, "iBeacon monitoring in the background and foreground" (2013), and
    C. Sexton, "Background monitoring of beacon regions on iOS" (Radius Networks, 2018); the
    log-normal law with a median of 12 s is ours, and so are exits 20 to 30 s late.
    """

    REGIONS = 20
    AWAKE_MS = 10_000
    # The background scan is sparse: by phone, an entry is noticed after 3 s to a minute and more.
    NOTICED_MEDIAN_S, NOTICED_SIGMA = 12.0, 1.0
    NOTICED_ABOVE_DBM = -80
    EXIT_LEAST_MS, EXIT_MOST_MS = 20_000, 30_000

    def __init__(self, beacons: Sequence[Anchor], *, rng: random.Random) -> None:
        super().__init__(beacons, rng=rng)
        self._regions = tuple(beacon.identity for beacon in beacons[: self.REGIONS])
        self._leaves_ms: dict[str, int] = {}
        self._awake_until_ms = 0
        self._noticed_per_s = min(
            1.0, math.exp(rng.gauss(0, self.NOTICED_SIGMA)) / self.NOTICED_MEDIAN_S
        )

    def _is_awake(self, at_ms: int, heard: Sequence[RangedBeacon]) -> bool:
        audible = {one.beacon for one in heard}
        loud = {one.beacon for one in heard if one.rssi_dbm >= self.NOTICED_ABOVE_DBM}
        for region in self._regions:
            inside = region in self._leaves_ms
            entered = region in loud and self.rng.random() < self._noticed_per_s
            if entered or (inside and region in audible):
                if not inside:
                    self._awake_until_ms = max(self._awake_until_ms, at_ms + self.AWAKE_MS)
                delay_ms = self.rng.randint(self.EXIT_LEAST_MS, self.EXIT_MOST_MS)
                self._leaves_ms[region] = at_ms + delay_ms
            elif inside and at_ms >= self._leaves_ms[region]:
                del self._leaves_ms[region]
                self._awake_until_ms = at_ms + self.AWAKE_MS
        return at_ms < self._awake_until_ms

    def _posts_now(self, at_ms: int) -> bool:
        return at_ms // 1000 % 2 == 0 or at_ms >= self._awake_until_ms


class BackgroundPhone(RangingPhone):
    """An Android phone whose app sleeps: a filtered scan of 2 s every half minute or so.

    Source: Android documentation on background scanning limits (filtered scans by PendingIntent,
    results late); the figures are ours, chosen to give its row in docs/simulator.md.
    """

    SCAN_MS = 2_000
    PAUSE_LEAST_MS, PAUSE_MOST_MS = 15_000, 45_000

    def __init__(self, beacons: Sequence[Anchor], *, rng: random.Random) -> None:
        super().__init__(beacons, rng=rng)
        self._scan_from_ms: int | None = None

    def _is_awake(self, at_ms: int, *_: object) -> bool:
        if self._scan_from_ms is None or at_ms > self._scan_from_ms + self.SCAN_MS:
            pause_ms = self.rng.randint(self.PAUSE_LEAST_MS, self.PAUSE_MOST_MS)
            self._scan_from_ms = at_ms + pause_ms
        return self._scan_from_ms <= at_ms

    def _posts_now(self, *_: object) -> bool:
        return True
