"""How often, how much and when last: one shopper's facts counted for one leaf of a segment."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import assert_never

from store_server.shoppers.segments.fact_filter import Events, Facts, Purchases
from store_server.shoppers.segments.subject import EventFact, PurchaseFact, SegmentSubject
from store_server.shoppers.segments.tree import Recency, Tally
from store_server.shoppers.segments.window import since_ms

_AT = attrgetter("at_ms")

Counted = Callable[[SegmentSubject], int]
Last = Callable[[SegmentSubject], int | None]


def tallied(leaf: Tally) -> Counted:
    """What a tally comes to for a shopper; 0 without facts. Counted once for each subject."""
    name = f"{leaf.facts.model_dump_json()}/{leaf.measure}/{leaf.days}"
    facts, measure, days = leaf.facts, leaf.measure, leaf.days

    def counted(subject: SegmentSubject) -> int:
        found = subject.memo.get(name)
        if found is None:
            found = subject.memo[name] = _count(subject, facts, measure=measure, days=days)
        return found

    return counted


def last_at_ms(leaf: Recency) -> Last:
    """When it last happened to a shopper, up to now; None for never."""
    name = f"{leaf.facts.model_dump_json()}/last"
    facts = leaf.facts

    def last(subject: SegmentSubject) -> int | None:
        if name not in subject.memo:
            found = (fact.at_ms for fact in reversed(_within(subject, facts, days=None)))
            subject.memo[name] = next(found, None)
        return subject.memo[name]

    return last


def _count(subject: SegmentSubject, facts: Facts, *, measure: str, days: int | None) -> int:
    if isinstance(facts, Events):
        happened = _events(subject, facts, days=days)
        return sum(one.amount for one in happened) if measure == "amount" else len(happened)
    bought = _purchases(subject, facts, days=days)
    match measure:
        case "count":
            return len(bought)
        case "baskets":
            return len({line.basket for line in bought})
        case "quantity":
            return sum(line.quantity for line in bought)
        case "amount":
            return sum(line.amount_minor for line in bought)
        case _:
            raise AssertionError(measure)


def _within(
    subject: SegmentSubject, facts: Facts, *, days: int | None
) -> Sequence[PurchaseFact | EventFact]:
    match facts:
        case Purchases():
            return _purchases(subject, facts, days=days)
        case Events():
            return _events(subject, facts, days=days)
        case _:
            assert_never(facts)


def _purchases(
    subject: SegmentSubject, wanted: Purchases, *, days: int | None
) -> list[PurchaseFact]:
    start, end = _bounds(subject.purchases, subject, days=days)
    products, categories = frozenset(wanted.products), frozenset(wanted.categories)
    return [
        line
        for line in subject.purchases[start:end]
        if (not products or line.product in products)
        and (not categories or line.category in categories)
    ]


def _events(subject: SegmentSubject, wanted: Events, *, days: int | None) -> list[EventFact]:
    start, end = _bounds(subject.events, subject, days=days)
    items = frozenset(wanted.items)
    return [
        event
        for event in subject.events[start:end]
        if event.kind == wanted.event and (not items or event.item in items)
    ]


def _bounds(
    facts: Sequence[PurchaseFact | EventFact], subject: SegmentSubject, *, days: int | None
) -> tuple[int, int]:
    """Which facts lie in (since, now]; they stand in order of time."""
    since = since_ms(subject.moment.at_ms, days)
    start = 0 if since is None else bisect_right(facts, since, key=_AT)
    return start, bisect_right(facts, subject.moment.at_ms, key=_AT)
