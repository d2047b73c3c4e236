"""Everybody in and around the shop: who comes when, with whom, where they are, who works there.

    at home --(a party's turn)--> shopping --(last shelf)--> in the queue --> paid --> at home

`move` brings everybody to the end of the next second. Each person has a random source of its
own; the order of arrivals and of the queue follows from the scenario's seed alone.
"""

import math
import random
from collections import deque
from collections.abc import Iterator, Sequence

from firmware_sim.aisles import Aisles
from firmware_sim.arrivals import arrival_times, party_size
from firmware_sim.cast import SimShopper
from firmware_sim.events import DeviceKind, Happening, Whereabouts
from firmware_sim.scenario import Scenario
from firmware_sim.staff import plan_shift
from firmware_sim.tills import Tills
from firmware_sim.walk import Itinerary, beside, plan_shopping

# Within the first seconds somebody must come, for whoever watches.
FIRST_ARRIVALS = 6
FIRST_SECONDS = 12.0
# Who has the app open asks it for an offer once, at this part of the way to the till.
ASKS_AT = 0.4
# Members of a party walk abreast, or half a step behind.
# Source: M. Moussaïd et al., PLoS ONE 5(4) (2010), table 1: 0.6 to 0.9 m apart.
ABREAST_M = 0.7
STEP_BEHIND_S = 0.4
SHIFT_S = 4 * 3600.0


class Walker:
    """A body with a name that walks: a shopper, a companion, or staff."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.visit = 0
        self.itinerary: Itinerary | None = None

    def present(self, at_s: float) -> bool:
        """Whether the walker is in sight of the shop."""
        way = self.itinerary
        return way is not None and way.legs[0].start_s <= at_s < way.ends_s


class Person(Walker):
    """One shopper."""

    def __init__(self, who: SimShopper, seed: int) -> None:
        super().__init__(who.shopper)
        self.who = who
        self.rng = random.Random(f"{seed}:walk:{who.shopper}")
        self.rested_s = -math.inf


class Party:
    """People on one visit together; the first one leads, `beside` holds the others' places."""

    def __init__(
        self, leader: Person, others: Sequence[tuple[Walker, tuple[float, float]]]
    ) -> None:
        self.leader = leader
        self.others = tuple(others)
        self.waits_for_till = True

    @property
    def walkers(self) -> tuple[Walker, ...]:
        """All of them, the leader first."""
        return (self.leader, *(walker for walker, _ in self.others))


class Crowd:
    """All people of one scenario; `came` holds whose visits began in the last `move`."""

    def __init__(self, scenario: Scenario, shoppers: Sequence[SimShopper]) -> None:
        self.aisles = Aisles(scenario.floor)
        self.people = tuple(Person(who, scenario.seed) for who in shoppers)
        self.staff = tuple(Walker(f"staff-{n}") for n in range(1, round(scenario.people.staff) + 1))
        self.came: list[Person] = []
        self._scenario = scenario
        self._tills = Tills(self.aisles, scenario.people)
        self._parties: list[Party] = []
        self._rng = random.Random(f"{scenario.seed}:arrivals")
        start_s = scenario.start_ms / 1000
        self._home = deque(self.people)
        self._arrivals = self._when(start_s)
        self._next_s = next(self._arrivals)
        self._work(start_s)

    def move(self, until_s: float) -> None:
        """Let those come whose time it is, and let those queue who have all they want."""
        self.came = []
        while self._next_s <= until_s:
            self._bring(self._next_s)
            self._next_s = next(self._arrivals)
        waiting = [party for party in self._parties if party.waits_for_till]
        for party in sorted(waiting, key=lambda one: (_queued_s(one), one.leader.name)):
            if _queued_s(party) <= until_s:
                self._queue_up(party)
        self._parties = [one for one in self._parties if not self._gone(one, until_s)]
        self._work(until_s)

    def happenings(self, after_ms: int, until_ms: int) -> Iterator[Happening]:
        """What the shoppers do after one instant and up to another."""
        for person in self.people:
            way = person.itinerary
            if way is None:
                continue
            moments = [("arrived", way.entered_s), ("paid", way.paid_s), ("left", way.left_s)]
            if person.who.kind is DeviceKind.IOS_OPEN:
                asks_s = way.entered_s + ASKS_AT * (way.queued_s - way.entered_s)
                moments.append(("asked", asks_s))
            for what, at_s in moments:
                if at_s < math.inf and after_ms < round(at_s * 1000) <= until_ms:
                    yield Happening(round(at_s * 1000), what, person.name, person.visit)

    def whereabouts(self, at_s: float) -> Iterator[Whereabouts]:
        """The truth about everybody in sight: shoppers, those who came along, staff."""
        companions = [
            walker
            for party in self._parties
            for walker, _ in party.others
            if not isinstance(walker, Person)
        ]
        for walker in (*self.people, *companions, *self.staff):
            way = walker.itinerary
            if way is not None and walker.present(at_s):
                x, y, _ = way.at(at_s)
                inside = way.entered_s <= at_s < way.left_s
                zone = self.aisles.floor.zone_at(x, y) if inside else None
                yield Whereabouts(walker.name, x, y, zone)

    def _when(self, start_s: float) -> Iterator[float]:
        """Arrivals: a few at once, then by the hour of day."""
        first = sorted(self._rng.uniform(0.5, FIRST_SECONDS) for _ in range(FIRST_ARRIVALS))
        yield from (start_s + after_s for after_s in first)
        yield from arrival_times(
            self._scenario.people,
            start_s=start_s + FIRST_SECONDS,
            timezone=self._scenario.floor.timezone,
            rng=self._rng,
        )

    def _bring(self, at_s: float) -> None:
        """A party comes, led by who has been at home longest; nobody rested: nobody comes."""
        members = [person for person in self._home if person.rested_s <= at_s]
        if not members:
            return
        leader, *rest = members
        others: list[tuple[Walker, tuple[float, float]]] = []
        size = party_size(self._scenario.people, rng=self._rng)
        for number in range(1, size):
            if rest and self._rng.random() >= self._scenario.people.companions_share:
                walker: Walker = rest.pop(0)
            else:
                walker = Walker(f"{leader.name}+{number}")
            angle = self._rng.uniform(0, 2 * math.pi)
            others.append((walker, (ABREAST_M * math.cos(angle), ABREAST_M * math.sin(angle))))
        party = Party(leader, others)
        self._parties.append(party)
        pull = leader.who.zone_pull
        people = self._scenario.people
        way = plan_shopping(self.aisles, people, pull=pull, start_s=at_s, rng=leader.rng)
        for walker in party.walkers:
            walker.visit += 1
            if isinstance(walker, Person):
                self._home.remove(walker)
                self.came.append(walker)
        self._walk(party, way)

    def _queue_up(self, party: Party) -> None:
        way = party.leader.itinerary
        if way is None:
            return
        party.waits_for_till = False
        payers = sum(isinstance(walker, Person) for walker in party.walkers)
        self._walk(party, self._tills.pay(way, baskets=payers, rng=party.leader.rng))

    def _walk(self, party: Party, way: Itinerary) -> None:
        party.leader.itinerary = way
        for number, (walker, offset) in enumerate(party.others, 1):
            late_s = number * STEP_BEHIND_S
            walker.itinerary = beside(way, self.aisles, offset=offset, late_s=late_s)

    def _gone(self, party: Party, at_s: float) -> bool:
        """Send a party home of which the last one is out of sight."""
        ways = [walker.itinerary for walker in party.walkers]
        if any(way is None or way.ends_s > at_s for way in ways):
            return False
        for walker in party.walkers:
            walker.itinerary = None
            if isinstance(walker, Person):
                pause_s = self._scenario.people.return_after_s * walker.rng.uniform(0.7, 2.0)
                walker.rested_s = at_s + pause_s
                self._home.append(walker)
        return True

    def _work(self, at_s: float) -> None:
        """Staff whose plan is at its end get the next one."""
        for walker in self.staff:
            if walker.itinerary is None or walker.itinerary.ends_s <= at_s:
                walker.visit += 1
                rng = random.Random(f"{self._scenario.seed}:shift:{walker.name}:{walker.visit}")
                walker.itinerary = plan_shift(
                    self.aisles, self._scenario.people, start_s=at_s, for_s=SHIFT_S, rng=rng
                )


def _queued_s(party: Party) -> float:
    return party.leader.itinerary.queued_s if party.leader.itinerary else math.inf
