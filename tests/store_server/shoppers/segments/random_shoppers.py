"""Two thousand shoppers with gaps: every part of a profile is unknown of somebody."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from random import Random
from typing import Any, TypeVar

from sqlalchemy import CompoundSelect, union_all
from sqlmodel import Session

from store_server.clock import from_ms, to_ms
from store_server.ids import HouseholdId, ShopperId, ZoneId, scope
from store_server.learning.purchase import Purchase, PurchaseLine
from store_server.learning.repository import PurchaseRepository
from store_server.presence.engine import ZoneEvent
from store_server.presence.repository import HappeningRepository, PresenceRepository
from store_server.presence.visit import Visit
from store_server.shoppers.attributes import AttributeValue
from store_server.shoppers.consent import ConsentEntry, Purpose, allowed
from store_server.shoppers.profile import LifeStage, Profile, Rfm, Standing, random_bucket
from store_server.shoppers.repository import (
    AttributeRepository,
    ConsentRepository,
    FactSources,
    ProfileRepository,
    ShopperRepository,
)
from store_server.shoppers.segments.subject import (
    EventFact,
    LiveFacts,
    Moment,
    PurchaseFact,
    SegmentSubject,
    without_profile,
)
from store_server.shoppers.segments.window import DAY_MS
from store_server.shoppers.shopper import Shopper

T = TypeVar("T")
HERE = scope("acme", "demo")
NOW = datetime(2027, 2, 26, 12, tzinfo=UTC)
NOW_MS = to_ms(NOW)
TODAY = NOW.date()
CITIES = ("Vienna", "wien", "WIEN", "Straße", "STRASSE", "100% bio", "a_b", "Łódź", "Νέα Πόλη", "%")
TIERS = ("gold", "silver", "bronze")
ZONES = ("bakery", "dairy", "drinks")
PRODUCTS = tuple(f"p-{n}" for n in range(8))
CATEGORIES = ("bread", "milk", "wine", None)


@dataclass(frozen=True)
class Crowd:
    """Everybody, as the closure reads them and as the tables are to be filled."""

    subjects: Mapping[ShopperId, SegmentSubject]
    known: Mapping[ShopperId, SegmentSubject]
    consents: Mapping[ShopperId, tuple[ConsentEntry, ...]]

    @property
    def live(self) -> dict[str, LiveFacts]:
        """Who is in the shop."""
        return {str(who): one.live for who, one in self.known.items() if one.live is not None}


def a_crowd(size: int, *, seed: int = 1) -> Crowd:
    """`size` shoppers, each different, the same for the same seed."""
    rng = Random(seed)
    known = {ShopperId(f"s-{n}"): _subject(rng, ShopperId(f"s-{n}")) for n in range(size)}
    consents = {who: _consents(rng, who) for who in known}
    subjects = {
        who: one if allowed(consents[who], Purpose.PROFILE, NOW) else without_profile(one)
        for who, one in known.items()
    }
    return Crowd(subjects, known, consents)


def fill_tables(session: Session, crowd: Crowd) -> FactSources:
    """Write the crowd down, as the store server would; where segments find their facts."""
    profiles = [one.profile for one in crowd.known.values()]
    ShopperRepository(session, HERE).save(
        Shopper(one.shopper, one.household, one.language, NOW) for one in profiles
    )
    consents = ConsentRepository(session, HERE)
    for entries in crowd.consents.values():
        for entry in entries:
            consents.add(entry, recorded_at=NOW)
    AttributeRepository(session, HERE).say(
        {one.shopper: one.attributes for one in profiles}, at=NOW
    )
    bare = Profile(ShopperId("any"))
    ProfileRepository(session, HERE).save(
        (one for one in profiles if _said(one) != _said(bare)), at=NOW
    )
    PurchaseRepository(session, HERE).add(
        [basket for who, one in crowd.known.items() for basket in _bought(who, one)]
    )
    presence = PresenceRepository(session, HERE)
    everybody = crowd.known.items()
    presence.add_zone_events((event, None) for who, one in everybody for event in _stays(who, one))
    presence.save_visits(visit for who, one in everybody for visit in _visits(who, one))
    return sources(session)


def sources(session: Session) -> FactSources:
    """Purchases, and visits and stays as events."""
    happenings = HappeningRepository(session, HERE)
    events: CompoundSelect[Any] = union_all(happenings.visit_rows(), happenings.stay_rows())
    return FactSources(PurchaseRepository(session, HERE).line_rows(), events)


def moment() -> Moment:
    """Now."""
    return Moment(NOW_MS, TODAY)


def _maybe(rng: Random, value: T) -> T | None:
    return None if rng.random() < 0.3 else value


def _subject(rng: Random, who: ShopperId) -> SegmentSubject:
    purchases = sorted(_baskets(rng, who), key=lambda line: (line.at_ms, line.basket))
    events = sorted(
        (_event(rng) for _ in range(rng.choice((0, 1, 2, 4)))), key=lambda one: one.at_ms
    )
    zone = rng.choice((*ZONES, None))
    live = LiveFacts(
        zone,
        None if zone is None else rng.randrange(120),
        rng.randrange(120, 3_000),
        frozenset(rng.sample(ZONES, rng.randrange(3))) | ({zone} if zone else frozenset()),
    )
    return SegmentSubject(
        _profile(rng, who),
        moment(),
        tuple(purchases),
        tuple(events),
        live if rng.random() < 0.6 else None,
    )


def _profile(rng: Random, who: ShopperId) -> Profile:
    standing = Standing(
        stage=_maybe(rng, rng.choice(list(LifeStage))),
        churn_risk=_maybe(rng, rng.random()),
        next_visit_days=_maybe(rng, rng.random() * 20),
        rfm=_maybe(rng, Rfm(rng.randint(1, 5), rng.randint(1, 5), rng.randint(1, 5))),
        value_band=_maybe(rng, rng.randint(1, 5)),
        lifetime_value_minor=_maybe(rng, rng.randint(-500, 5_000)),
    )
    return Profile(
        shopper=who,
        household=_maybe(rng, HouseholdId(f"h-{rng.randrange(900)}")),
        language=rng.choice(("en", "en-GB", "es", "ru", "de-AT")),
        attributes=_attributes(rng),
        standing=standing,
        channels=frozenset(rng.sample(("push", "email", "push_2"), rng.randrange(3))),
        open_complaints=rng.choice((0, 0, 0, 1, 2)),
        staff=rng.random() < 0.3,
        random_bucket=random_bucket(org=HERE.org, shopper=who),
    )


def _attributes(rng: Random) -> dict[str, AttributeValue]:
    born = date(1950, 1, 1) + timedelta(days=rng.randrange(25_000))
    near = TODAY + timedelta(days=rng.randrange(-40, 40))
    given: dict[str, AttributeValue | None] = {
        "city": _maybe(rng, rng.choice(CITIES)),
        "tier": _maybe(rng, rng.choice(TIERS)),
        "points": _maybe(rng, rng.choice((0.0, -1.5, 0.1 + 0.2, 0.3, 100.0, 1e15))),
        "vip": _maybe(rng, rng.random() < 0.5),
        "born": _maybe(rng, rng.choice((born, near, date(1984, 2, 29), date(1984, 3, 1)))),
    }
    return {name: value for name, value in given.items() if value is not None}


def _instant(rng: Random) -> int:
    """Often on the very edge of a window, sometimes not come yet."""
    days = rng.choice((0, 7, 30, 90, rng.randrange(400)))
    return NOW_MS - days * DAY_MS + rng.choice((-1, 0, 1, rng.randrange(-DAY_MS, DAY_MS)))


def _baskets(rng: Random, who: str) -> Iterator[PurchaseFact]:
    for number in range(rng.choice((0, 0, 1, 2, 3))):
        at_ms = _instant(rng)
        for _ in range(rng.choice((1, 1, 2, 3))):
            product, category = rng.choice(PRODUCTS), rng.choice(CATEGORIES)
            paid = rng.randint(-200, 2_000)
            yield PurchaseFact(at_ms, f"{who}/{number}", product, category, rng.randint(1, 4), paid)


def _event(rng: Random) -> EventFact:
    if rng.random() < 0.5:
        return EventFact(_instant(rng), "visit", None, rng.randrange(3_000))
    return EventFact(_instant(rng), "zone_stay", rng.choice(ZONES), rng.randrange(300))


def _consents(rng: Random, who: ShopperId) -> tuple[ConsentEntry, ...]:
    """Mostly a yes; else nothing, a no, a no at the same instant, or a yes still to come."""
    day = timedelta(days=1)
    words = rng.choice(
        (
            *((((-9, True),),) * 5),
            (),
            ((-9, True), (-2, False)),
            ((-9, True), (-9, False)),
            ((1, True),),
        )
    )
    return tuple(
        ConsentEntry(who, Purpose.PROFILE, granted, NOW + after * day, "test", "1")
        for after, granted in words
    )


def _said(profile: Profile) -> tuple[object, ...]:
    return (profile.standing, profile.channels, profile.open_complaints, profile.staff)


def _bought(who: ShopperId, subject: SegmentSubject) -> list[Purchase]:
    baskets = groupby(subject.purchases, key=lambda line: (line.basket, line.at_ms))
    return [
        Purchase(basket, who, from_ms(at_ms), tuple(PurchaseLine(*line[2:]) for line in lines))
        for (basket, at_ms), lines in baskets
    ]


def _stays(who: ShopperId, subject: SegmentSubject) -> Iterator[ZoneEvent]:
    for number, one in enumerate(subject.events):
        if one.kind == "zone_stay":
            t, zone = one.at_ms / 1000, ZoneId(one.item or "")
            # Whole seconds are counted: the half must not.
            stay = one.amount + 0.5
            for kind in ("enter", "exit"):
                yield ZoneEvent(f"{who}-{number}-{kind}", kind, who, zone, t, t - stay, stay, None)


def _visits(who: ShopperId, subject: SegmentSubject) -> Iterator[Visit]:
    for number, one in enumerate(subject.events):
        if one.kind == "visit":
            started = from_ms(one.at_ms)
            ended = started + timedelta(seconds=one.amount) if one.amount else None
            yield Visit(f"{who}-{number}", who, started, ended)
