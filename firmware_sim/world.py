"""The simulated shop as a whole: virtual time, event queue, one pure step a second.

`World.step()` moves time on by one second and answers everything that happened in it: adverts as
gateways heard them, reports of phones, arrivals, payments, and the truth at the end of the
second. All of it follows from scenario, shoppers and seed; each device has a random source of its
own, so that one more shopper does not change the others.
"""

import heapq
import random
from collections import deque
from collections.abc import Sequence

from firmware_sim.air import Ether, Link, chance_clear
from firmware_sim.carried import Carried, badge, equip
from firmware_sim.cast import SimShopper, identity_key
from firmware_sim.crowd import Crowd, Person, Walker
from firmware_sim.events import AppReport, HeardAdvert, Tick
from firmware_sim.firmware.beacon import Beacon
from firmware_sim.firmware.makes import fixed_beacon
from firmware_sim.firmware.power_cell import CAPACITY_MAH
from firmware_sim.firmware.radio import Advertiser
from firmware_sim.floor import Anchor
from firmware_sim.guided import Guided, guided_shopper, led
from firmware_sim.mishap import Mishap, MishapKind, Places
from firmware_sim.scenario import Scenario

TYPICAL_INTERVAL_S = 0.35
# Who is in sight for so long at least: the app is ended at some moment of it, if it is.
LEAST_VISIT_S = 120.0
# The share of a cell at which telemetry says 2.3 V, and sending still works.
NEARLY_USED = 0.96


class World:
    """The shop; `step` is the only thing that changes it.

    `owners` says who carries the device behind each address that was sent from.
    """

    def __init__(self, scenario: Scenario, shoppers: Sequence[SimShopper]) -> None:
        self.scenario = scenario
        self.now_ms = scenario.start_ms
        floor = scenario.floor
        self._places = Places(floor.gateways, scenario.mishaps)
        self._gateway_air = Ether(
            scenario.air,
            self._places.anchors,
            seed=f"{scenario.seed}:gateways",
            obstacles=floor.walls,
        )
        self._beacon_air = Ether(
            scenario.air, floor.beacons, seed=f"{scenario.seed}:beacons", obstacles=floor.walls
        )
        self._gateways = tuple(gateway.id for gateway in floor.gateways)
        self._queue: list[tuple[int, int]] = []
        self._senders: list[tuple[Advertiser, Link, Walker | None]] = []
        self._present = 0
        self._hung = {
            one.id: self._hang(one, (one.x, one.y), seed=f"{scenario.seed}:beacon:{one.identity}")
            for one in floor.beacons
        }
        self._silenced: set[int] = set()
        self._mishaps = deque(scenario.mishaps)
        self.crowd = Crowd(scenario, shoppers)
        self._carried: dict[str, Carried] = {
            walker.name: self._equip(walker) for walker in (*self.people, *self.crowd.staff)
        }
        self._sending: set[str] = set()
        self._led: dict[str, Person] = {}
        self.owners: dict[str, str] = {}
        self._number_of: dict[str, int] = {}
        for walker in self.crowd.staff:
            self._begin(walker)

    @property
    def people(self) -> tuple[Person, ...]:
        """All shoppers, at home or not."""
        return self.crowd.people

    def guide(self, walks: Sequence[Guided]) -> None:
        """Have these, and nobody else, be led by hand in the next second."""
        from_s, until_s = self.now_ms / 1000, self.now_ms / 1000 + 1
        wanted = {one.shopper: one.at for one in walks if one.at is not None}
        for name, to in wanted.items():
            person = self._led.get(name)
            if person is None:
                seed = self.scenario.seed
                person = self._led[name] = Person(guided_shopper(name, seed=seed), seed)
                self._carried[name] = self._equip(person)
            led(person, to, from_s=from_s, until_s=until_s)
            self._let_send(person, start_s=from_s)
        for name, person in self._led.items():
            if name not in wanted:
                person.itinerary = None

    def step(self) -> Tick:
        """The next second."""
        until_ms = self.now_ms + 1000
        while self._mishaps and self._gone_s(until_ms) > self._mishaps[0].at_s:
            self._happen(self._mishaps.popleft())
        self.crowd.move(until_ms / 1000)
        for person in self.crowd.came:
            self._begin(person)
        happenings = tuple(sorted(self.crowd.happenings(self.now_ms, until_ms)))
        heard, sent = self._air(until_ms)
        reports = tuple(
            one
            for person in (*self.people, *self._led.values())
            for one in self._report(person, until_ms)
        )
        truth = tuple(self.crowd.whereabouts(until_ms / 1000))
        self._present = len(truth)
        self.now_ms = until_ms
        return Tick(until_ms, sent, heard, reports, happenings, truth)

    def _gone_s(self, at_ms: int) -> float:
        return (at_ms - self.scenario.start_ms) / 1000

    def _hang(self, planned: Anchor, at: tuple[float, float], *, seed: str) -> tuple[Beacon, int]:
        """Hang a beacon of the plan up at a place; the device and its number among the senders."""
        rng = random.Random(seed)
        beacon = fixed_beacon(
            planned.identity, measured_power_dbm=planned.measured_power_dbm, rng=rng
        )
        link = Link(self._gateway_air, rng=rng)
        link.stand(*at, heading_rad=None)
        self._senders.append((beacon, link, None))
        heapq.heappush(self._queue, (self.now_ms + rng.randrange(1000), len(self._senders) - 1))
        return beacon, len(self._senders) - 1

    def _happen(self, mishap: Mishap) -> None:
        """What was asked for happens to a gateway or beacon."""
        if mishap.kind.of_gateway:
            self._places.happen(mishap)
            return
        beacon, number = self._hung[mishap.subject]
        match mishap.kind:
            case MishapKind.MOVE_BEACON:
                self._senders[number][1].stand(*mishap.to, heading_rad=None)
            case MishapKind.CLONE_BEACON:
                planned = next(b for b in self.scenario.floor.beacons if b.id == mishap.subject)
                self._hang(planned, mishap.to, seed=f"{self.scenario.seed}:clone:{planned.id}")
            case MishapKind.DEAD_BEACON:
                self._silenced.add(number)
            case _:
                beacon.cell.used_mah = NEARLY_USED * CAPACITY_MAH[beacon.cell.kind]

    def _equip(self, walker: Walker) -> Carried:
        rng = random.Random(f"{self.scenario.seed}:device:{walker.name}")
        airs = {"gateway_air": self._gateway_air, "beacon_air": self._beacon_air}
        if isinstance(walker, Person):
            return equip(walker.who, beacons=self.scenario.floor.beacons, rng=rng, **airs)
        return badge(identity_key(self.scenario.seed, walker.name), rng=rng, **airs)

    def _begin(self, walker: Walker) -> None:
        """A visit begins: draw the device's mishaps, and let it send."""
        carried, way = self._carried[walker.name], walker.itinerary
        if way is None:
            return
        start_s = way.legs[0].start_s
        until_s = max(way.queued_s, start_s + LEAST_VISIT_S)
        carried.begin_visit(self.scenario.people, from_s=start_s, until_s=until_s)
        self._let_send(walker, start_s=start_s)

    def _let_send(self, walker: Walker, *, start_s: float) -> None:
        """Have the walker's device send from an instant on, where it does not already."""
        carried = self._carried[walker.name]
        if carried.advertiser is not None and walker.name not in self._sending:
            self._sending.add(walker.name)
            jitter_ms = carried.rng.randrange(carried.advertiser.interval_ms)
            number = self._number_of.setdefault(walker.name, len(self._senders))
            if number == len(self._senders):
                self._senders.append((carried.advertiser, carried.heard_by, walker))
            heapq.heappush(self._queue, (round(start_s * 1000) + jitter_ms, number))

    def _air(self, until_ms: int) -> tuple[dict[str, list[HeardAdvert]], int]:
        heard: dict[str, list[HeardAdvert]] = {gateway: [] for gateway in self._gateways}
        others = self._present + len(self.scenario.floor.beacons)
        clear = chance_clear(others, interval_s=TYPICAL_INTERVAL_S)
        sent = 0
        while self._queue and self._queue[0][0] <= until_ms:
            at_ms, number = heapq.heappop(self._queue)
            if number in self._silenced:
                continue
            advertiser, link, walker = self._senders[number]
            if walker is not None and not self._is_near(walker, link, at_ms):
                continue
            heapq.heappush(self._queue, (advertiser.next_after(at_ms), number))
            if walker is not None and not self._carried[walker.name].works(at_ms / 1000):
                continue
            ad_hex = advertiser.payload(at_ms).hex()
            if not ad_hex:
                continue
            if walker is not None:
                self.owners[advertiser.address] = walker.name
            sent += 1
            for anchor, rssi_dbm, _ in link.hear(
                at_ms / 1000, power_1m_dbm=advertiser.power_1m_dbm, clear=clear
            ):
                if gateway := self._places.gateway_at(anchor):
                    heard[gateway].append(HeardAdvert(at_ms, advertiser.address, ad_hex, rssi_dbm))
        for outage in self.scenario.outages:
            if outage.deafens and outage.covers(self._gone_s(until_ms)):
                heard[outage.gateway] = []
        return heard, sent

    def _is_near(self, walker: Walker, link: Link, at_ms: int) -> bool:
        """Put a sender where its owner is; one whose owner is out of sight stops sending."""
        if _stand(walker, link, at_ms):
            return True
        self._sending.discard(walker.name)
        return False

    def _report(self, person: Person, at_ms: int) -> list[AppReport]:
        carried = self._carried[person.name]
        if carried.ranger is None or not carried.works(at_ms / 1000):
            return []
        if not _stand(person, carried.hears, at_ms):
            return []
        sightings = carried.ranger.step(at_ms, carried.hears)
        return [AppReport(person.name, at_ms, sightings)] if sightings else []


def _stand(walker: Walker, link: Link, at_ms: int) -> bool:
    """Put the device where its owner is; False when the owner is out of sight."""
    way = walker.itinerary
    if way is None or not walker.present(at_ms / 1000):
        return False
    x, y, heading = way.at(at_ms / 1000)
    link.stand(x, y, heading_rad=heading)
    return True
