"""Random trees of every kind of node, for proofs that the readings agree."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from store_server.shoppers.profile import LifeStage
from store_server.shoppers.repository.segments import TREE
from store_server.shoppers.segments.tree import SegmentTree
from tests.store_server.shoppers.segments.random_shoppers import (
    CITIES,
    PRODUCTS,
    TIERS,
    TODAY,
    ZONES,
)

Json = dict[str, Any]
OPS = ("eq", "ne", "lt", "le", "gt", "ge")
NUMBERS = (-1.5, 0.0, 0.3, 0.1 + 0.2, 99.5, 1e15)
# A segment may name another: these stand ready, one of them naming the other.
REFERRED: Json = {
    "regulars": {
        "kind": "any",
        "of": [
            {"kind": "tally", "facts": {"source": "purchases"}, "op": "ge", "value": 2},
            {"kind": "text", "name": "city", "op": "contains", "values": ["ie"]},
        ],
    },
    "not-regular": {"kind": "not", "of": {"kind": "segment", "id": "regulars"}},
}
SEGMENTS: dict[str, SegmentTree] = {
    name: TREE.validate_python(tree) for name, tree in REFERRED.items()
}


def a_tree(rng: Random) -> SegmentTree:
    """A random tree, mostly small: a leaf to five levels."""
    return TREE.validate_python(a_document(rng, depth=rng.choice((1, 1, 1, 2, 2, 3, 4))))


def a_document(rng: Random, *, depth: int) -> Json:
    """A random tree as JSON says it."""
    if depth == 0 or rng.random() < 0.2:
        return rng.choice(LEAVES)(rng)
    kind = rng.choice(("all", "any", "not"))
    if kind == "not":
        return {"kind": "not", "of": a_document(rng, depth=depth - 1)}
    parts = rng.choice((2, 2, 2, 3))
    return {"kind": kind, "of": [a_document(rng, depth=depth - 1) for _ in range(parts)]}


def some(rng: Random, values: Sequence[str]) -> list[str]:
    """One to three of these."""
    return rng.sample(values, rng.randint(1, min(3, len(values))))


def _text(rng: Random) -> Json:
    op = rng.choice(("is", "is_not", "contains", "starts_with"))
    parts = ("ie", "W", "ß", "0%", "_", "%", "νέα", "\\")
    values = some(rng, CITIES if op.startswith("is") else parts)
    return {"kind": "text", "name": "city", "op": op, "values": values}


def _choice(rng: Random) -> Json:
    op = rng.choice(("is", "is_not"))
    return {"kind": "choice", "name": "tier", "op": op, "values": some(rng, TIERS)}


def _number(rng: Random) -> Json:
    op, value = rng.choice(OPS), rng.choice(NUMBERS)
    return {"kind": "number", "name": "points", "op": op, "value": value}


def _date(rng: Random) -> Json:
    days = rng.choice((-14_000, -15, 0, 9))
    if rng.random() < 0.5:
        day = (TODAY + timedelta(days=days)).isoformat()
        return {
            "kind": "date",
            "name": "born",
            "op": rng.choice(("before", "on", "after")),
            "day": day,
        }
    direction = rng.choice(("last", "next"))
    return {"kind": "date_within", "name": "born", "direction": direction, "days": abs(days) % 3660}


def _facts(rng: Random) -> Json:
    if rng.random() < 0.5:
        events: Json = {"source": "events", "event": rng.choice(("visit", "zone_stay"))}
        return events | rng.choice(({}, {"items": ["bakery", "dairy"]}))
    named: tuple[Json, ...] = (
        {},
        {"products": list(PRODUCTS[:3])},
        {"categories": ["bread", "milk"]},
    )
    return {"source": "purchases"} | rng.choice(named)


def _tally(rng: Random) -> Json:
    facts = _facts(rng)
    bought = facts["source"] == "purchases"
    measure = rng.choice(
        ("count", "baskets", "quantity", "amount") if bought else ("count", "amount")
    )
    most = {"count": 3, "baskets": 2, "quantity": 5, "amount": 900}[measure]
    return {
        "kind": "tally",
        "facts": facts,
        "measure": measure,
        "days": rng.choice((None, 7, 90)),
        "op": rng.choice(OPS),
        "value": rng.randint(0, most),
    }


def _recency(rng: Random) -> Json:
    op, days = rng.choice(("within", "longer_ago")), rng.choice((7, 30, 90))
    return {"kind": "recency", "facts": _facts(rng), "op": op, "days": days}


def _band(rng: Random) -> Json:
    of = rng.choice(("recency", "frequency", "monetary", "value"))
    return {"kind": "band", "of": of, "op": rng.choice(OPS), "value": rng.randint(1, 5)}


def _figure(rng: Random) -> Json:
    of, value = rng.choice(
        (
            ("lifetime_value_minor", 1_000.5),
            ("churn_risk", 0.5),
            ("next_visit_days", 9.0),
            ("open_complaints", 0.0),
        )
    )
    return {"kind": "figure", "of": of, "op": rng.choice(OPS), "value": value}


def _timed(kind: str, most: int) -> Callable[[Random], Json]:
    return lambda rng: {"kind": kind, "op": rng.choice(OPS), "seconds": rng.randrange(most)}


def _zones(kind: str) -> Callable[[Random], Json]:
    return lambda rng: {"kind": kind, "zones": some(rng, ZONES)}


def _bucket(rng: Random) -> Json:
    first = rng.randrange(9_000)
    return {"kind": "bucket", "first": first, "below": rng.randrange(first + 1, 10_001)}


def _language(rng: Random) -> Json:
    return {"kind": "language", "values": some(rng, ("en", "en-GB", "de", "ru", "de-AT"))}


def _stage(rng: Random) -> Json:
    return {"kind": "stage", "values": some(rng, [one.value for one in LifeStage])}


LEAVES: tuple[Callable[[Random], Json], ...] = (
    _text,
    _text,
    _choice,
    _number,
    _date,
    _tally,
    _tally,
    _recency,
    _band,
    _figure,
    _language,
    _stage,
    _bucket,
    _timed("live_dwell", 120),
    _timed("live_visit", 3_000),
    _zones("live_zone"),
    _zones("live_visited"),
    lambda rng: {"kind": "bool", "name": "vip", "value": rng.random() < 0.5},
    lambda rng: {"kind": "anniversary", "name": "born", "days": rng.choice((0, 2, 300))},
    lambda rng: {"kind": "known", "name": rng.choice(("city", "vip", "born", "never_said"))},
    lambda rng: {"kind": "channel", "channel": rng.choice(("push", "email", "push_2"))},
    lambda rng: {"kind": "segment", "id": rng.choice(sorted(REFERRED))},
    lambda _: {"kind": "household"},
    lambda _: {"kind": "staff"},
    lambda _: {"kind": "everyone"},
)
