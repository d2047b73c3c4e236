"""The simulated shop as a whole: virtual time, event queue, one pure step a second.

`World.step()` moves time on by one second and answers everything that happened in it: adverts as
gateways heard them, reports of phones, arrivals, payments, and the truth at the end of the
second. All of it follows from scenario, shoppers and seed; each device has a random source of its
own, so that one more shopper does not change the others.
"""

import heapq
import random
from collections.abc import Sequence

from firmware_sim.air import Ether, Link, chance_clear
from firmware_sim.cast import EXPONENT, SimShopper
from firmware_sim.events import AppReport, DeviceKind, Happening, HeardAdvert, Tick, Whereabouts
from firmware_sim.firmware.fixed_beacon import FixedBeacon
from firmware_sim.firmware.phone import AndroidPhone, IPhone
from firmware_sim.firmware.radio import Advertiser
from firmware_sim.firmware.ranging import BackgroundPhone, OpenPhone, PocketPhone, RangingPhone
from firmware_sim.firmware.shopper_tag import ShopperTag
from firmware_sim.scenario import Scenario
from firmware_sim.walk import Itinerary, plan_visit

# Within the first seconds somebody must come, for whoever watches; the others come evenly.
FIRST_ARRIVALS = 6
FIRST_SECONDS = 12.0
TYPICAL_INTERVAL_S = 0.35
# Who has the app open asks it for an offer once, at this part of the way to the till.
ASKS_AT = 0.4


class Person:
    """One shopper in motion: the visit under way or to come, and the device."""

    def __init__(self, who: SimShopper, scenario: Scenario) -> None:
        self.who = who
        self.visit = 0
        self.rng = random.Random(f"{scenario.seed}:walk:{who.shopper}")
        self.device_rng = random.Random(f"{scenario.seed}:device:{who.shopper}")
        self.itinerary: Itinerary | None = None
        self.advertiser: Advertiser | None = None
        self.ranger: RangingPhone | None = None
        self.link: Link | None = None


class World:
    """The shop; `step` is the only thing that changes it."""

    def __init__(self, scenario: Scenario, shoppers: Sequence[SimShopper]) -> None:
        self.scenario = scenario
        self.now_ms = scenario.start_ms
        floor = scenario.floor
        self._gateway_air = Ether(
            scenario.air,
            floor.gateways,
            seed=f"{scenario.seed}:gateways",
            obstacles=floor.walls,
        )
        self._beacon_air = Ether(
            scenario.air, floor.beacons, seed=f"{scenario.seed}:beacons", obstacles=floor.walls
        )
        self._gateways = tuple(gateway.id for gateway in floor.gateways)
        self._queue: list[tuple[int, int]] = []
        self._senders: list[tuple[Advertiser, Link, Person | None]] = []
        self._present = 0
        for beacon in floor.beacons:
            self._hang(beacon.identity, beacon.x, beacon.y, beacon.measured_power_dbm)
        self.people = tuple(Person(who, scenario) for who in shoppers)
        for person, start_s in zip(self.people, self._arrivals(), strict=True):
            self._equip(person)
            self._plan(person, start_s)

    def step(self) -> Tick:
        """The next second."""
        until_ms = self.now_ms + 1000
        happenings = [one for person in self.people for one in self._happenings(person, until_ms)]
        heard, sent = self._air(until_ms)
        reports = [one for person in self.people for one in self._report(person, until_ms)]
        truth = [one for person in self.people for one in self._whereabouts(person, until_ms)]
        self._present = len(truth)
        self.now_ms = until_ms
        for person in self.people:
            self._go_home(person)
        return Tick(until_ms, sent, heard, tuple(reports), tuple(sorted(happenings)), tuple(truth))

    def _hang(self, identity: str, x: float, y: float, power_dbm: int) -> None:
        rng = random.Random(f"{self.scenario.seed}:beacon:{identity}")
        beacon = FixedBeacon(identity, measured_power_dbm=power_dbm, rng=rng)
        link = Link(self._gateway_air, rng=rng)
        link.stand(x, y, heading_rad=None)
        self._start(beacon, link, None, at_ms=self.now_ms + rng.randrange(1000))

    def _equip(self, person: Person) -> None:
        who, rng = person.who, person.device_rng
        air = self._gateway_air if who.kind.advertises else self._beacon_air
        person.link = Link(air, rng=rng)
        beacons = self.scenario.floor.beacons
        match who.kind:
            case DeviceKind.IOS_POCKET:
                person.ranger = PocketPhone(beacons, rng=rng)
            case DeviceKind.IOS_OPEN:
                person.ranger = OpenPhone(beacons, rng=rng)
            case DeviceKind.ANDROID_BACKGROUND:
                person.ranger = BackgroundPhone(beacons, rng=rng)
            case DeviceKind.ANDROID_EID:
                person.advertiser = AndroidPhone(who.key, exponent=EXPONENT, rng=rng)
            case DeviceKind.IOS_TOKEN:
                person.advertiser = IPhone(who.key, exponent=EXPONENT, rng=rng)
            case DeviceKind.TAG:
                person.advertiser = ShopperTag(
                    who.key, exponent=EXPONENT, clock_offset_s=who.clock_offset_s, rng=rng
                )

    def _arrivals(self) -> list[float]:
        rng = random.Random(f"{self.scenario.seed}:arrivals")
        start_s = self.scenario.start_ms / 1000
        latest = max(FIRST_SECONDS, self.scenario.people.arrivals_within_s)
        first = min(FIRST_ARRIVALS, len(self.people))
        times = [rng.uniform(0.5, FIRST_SECONDS) for _ in range(first)]
        times += [rng.uniform(FIRST_SECONDS, latest) for _ in range(len(self.people) - first)]
        rng.shuffle(times)
        return [start_s + one for one in times]

    def _plan(self, person: Person, start_s: float) -> None:
        person.visit += 1
        person.itinerary = plan_visit(
            self.scenario.floor,
            self.scenario.people,
            pull=person.who.zone_pull,
            start_s=start_s,
            rng=person.rng,
        )
        if person.advertiser is not None and person.link is not None:
            jitter_ms = person.device_rng.randrange(person.advertiser.interval_ms)
            self._start(
                person.advertiser, person.link, person, at_ms=round(start_s * 1000) + jitter_ms
            )

    def _start(
        self, advertiser: Advertiser, link: Link, person: Person | None, *, at_ms: int
    ) -> None:
        self._senders.append((advertiser, link, person))
        heapq.heappush(self._queue, (at_ms, len(self._senders) - 1))

    def _air(self, until_ms: int) -> tuple[dict[str, list[HeardAdvert]], int]:
        heard: dict[str, list[HeardAdvert]] = {gateway: [] for gateway in self._gateways}
        others = self._present + len(self.scenario.floor.beacons)
        clear = chance_clear(others, interval_s=TYPICAL_INTERVAL_S)
        sent = 0
        while self._queue and self._queue[0][0] <= until_ms:
            at_ms, number = heapq.heappop(self._queue)
            advertiser, link, person = self._senders[number]
            if person is not None and not _stand(person, link, at_ms):
                continue
            heapq.heappush(self._queue, (advertiser.next_after(at_ms), number))
            ad_hex = advertiser.payload(at_ms).hex()
            sent += 1
            for anchor, rssi_dbm, _ in link.hear(
                at_ms / 1000, power_1m_dbm=advertiser.power_1m_dbm, clear=clear
            ):
                heard[self._gateways[anchor]].append(
                    HeardAdvert(at_ms, advertiser.address, ad_hex, rssi_dbm)
                )
        return heard, sent

    def _report(self, person: Person, at_ms: int) -> list[AppReport]:
        if person.ranger is None or person.link is None or not _stand(person, person.link, at_ms):
            return []
        sightings = person.ranger.step(at_ms, person.link)
        return [AppReport(person.who.shopper, at_ms, sightings)] if sightings else []

    def _happenings(self, person: Person, until_ms: int) -> list[Happening]:
        way = person.itinerary
        if way is None:
            return []
        moments = [("arrived", way.entered_s), ("paid", way.paid_s), ("left", way.left_s)]
        if person.who.kind is DeviceKind.IOS_OPEN:
            moments.append(("asked", way.entered_s + ASKS_AT * (way.paid_s - way.entered_s)))
        return [
            Happening(round(at_s * 1000), what, person.who.shopper, person.visit)
            for what, at_s in moments
            if self.now_ms < round(at_s * 1000) <= until_ms
        ]

    def _whereabouts(self, person: Person, at_ms: int) -> list[Whereabouts]:
        way = person.itinerary
        if way is None or not way.legs[0].start_s <= at_ms / 1000 < way.ends_s:
            return []
        x, y, _ = way.at(at_ms / 1000)
        zone = self.scenario.floor.zone_at(x, y)
        inside = way.entered_s <= at_ms / 1000 < way.left_s
        return [Whereabouts(person.who.shopper, x, y, zone if inside else None)]

    def _go_home(self, person: Person) -> None:
        if person.itinerary is None or self.now_ms / 1000 < person.itinerary.ends_s:
            return
        pause_s = self.scenario.people.return_after_s * person.rng.uniform(0.7, 2.0)
        self._plan(person, self.now_ms / 1000 + pause_s)


def _stand(person: Person, link: Link, at_ms: int) -> bool:
    """Put the device where its owner is; False when the owner is out of sight."""
    way = person.itinerary
    at_s = at_ms / 1000
    if way is None or not way.legs[0].start_s <= at_s < way.ends_s:
        return False
    x, y, heading = way.at(at_s)
    link.stand(x, y, heading_rad=heading)
    return True
