"""The rows that a segment is asked of in SQL: one for each shopper, wide enough for the trees.

    shopper -- agreed -- attributes, standing, purchases, events     only with consent to a profile
            -- said                                                  channels, staff, complaints
            -- live                                                  handed in as one JSON value

What belongs to learning and presence comes in as selects: this room lies above theirs.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnClause,
    ColumnElement,
    Integer,
    String,
    Text,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import FromClause, Select, Subquery
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

from store_server.shoppers.consent import Purpose
from store_server.shoppers.segments.fact_filter import Purchases
from store_server.shoppers.segments.subject import LiveFacts, Moment
from store_server.shoppers.segments.tree import (
    AttributeLeaf,
    Band,
    Channel,
    FactLeaf,
    Figure,
    Leaf,
    LiveLeaf,
    Recency,
    Staff,
    Stage,
    Tally,
)
from store_server.shoppers.segments.window import since_ms
from store_server.shoppers.tables import (
    ConsentRow,
    ShopperAttributeRow,
    ShopperProfileRow,
    ShopperRow,
)

_Column = ColumnElement[Any]
_SHOPPER, _CONSENT, _ATTRIBUTES, _PROFILE = (
    SQLModel.metadata.tables[str(row.__tablename__)]
    for row in (ShopperRow, ConsentRow, ShopperAttributeRow, ShopperProfileRow)
)
_PARTS = ("name", "text_value", "folded", "number_value", "flag_value", "date_value")


class FactSources(NamedTuple):
    """Where facts of the organisation stand.

    purchases: columns shopper, at_ms, basket, product, category, quantity, amount_minor.
    events: columns shopper, at_ms, kind, item, amount.
    """

    purchases: SelectBase
    events: SelectBase


class Asked(NamedTuple):
    """What a relation is asked with: whose, when, and who is in the shop now."""

    org: str
    moment: Moment
    sources: FactSources
    live: Mapping[str, LiveFacts]
    dialect: str


class SegmentRelation:
    """One row for each shopper, with what `leaves` need."""

    def __init__(self, leaves: Iterable[Leaf], asked: Asked) -> None:
        wanted = list(leaves)
        self._asked = asked
        self.shopper: ReadOnlyColumnCollection[str, Column[Any]] = _SHOPPER.c
        self._joined: FromClause = _SHOPPER
        self._counted: dict[str, _Column] = {}
        self._numbers: dict[str, int] = {}
        self._attributes: Subquery | None = None
        self._standing: FromClause | None = None
        self._said: FromClause | None = None
        self._live: FromClause | None = None
        if any(_needs_profile(leaf) for leaf in wanted):
            self._join_profile(wanted)
        if any(_needs_said(leaf) for leaf in wanted):
            self._said = _PROFILE.alias("said")
            self._join(self._said, self.shopper.shopper, org=True)
        if any(isinstance(leaf, LiveLeaf) for leaf in wanted):
            self._live = _live_rows(asked)
            self._join(self._live, self.shopper.shopper)

    def select(self, *columns: _Column) -> Select[Any]:
        """These columns for every shopper of the organisation."""
        chosen = select(*columns).select_from(self._joined)
        return chosen.where(self.shopper.org == self._asked.org)

    def attribute(self, name: str, part: str) -> _Column:
        """A column of an attribute: NULL where it has no value of that type."""
        assert self._attributes is not None
        return self._attributes.c[f"{part}_{self._numbers[name]}"]

    def standing(self, part: str) -> _Column:
        """Something worked out of the shopper."""
        assert self._standing is not None
        return self._standing.c[part]

    def said(self, part: str) -> _Column:
        """Something that needs no consent to a profile; NULL where nothing was ever said."""
        assert self._said is not None
        return self._said.c[part]

    def live(self, part: str) -> _Column:
        """Where the shopper is now; NULL for those who are not here."""
        assert self._live is not None
        return self._live.c[part]

    def counted(self, leaf: FactLeaf) -> _Column:
        """What a tally comes to, or when it last happened; NULL without facts."""
        return self._counted[_name_of(leaf)]

    def _join(self, other: FromClause, shopper: _Column, *, org: bool = False) -> None:
        on = other.c.shopper == shopper
        if org:
            on = and_(on, other.c.org == self._asked.org)
        self._joined = self._joined.outerjoin(other, on)

    def _join_profile(self, wanted: list[Leaf]) -> None:
        agreed = _agreed(self._asked)
        self._join(agreed, self.shopper.shopper)
        # Joined by `agreed`: without consent there is nothing to join, and all of it is NULL.
        names = sorted({leaf.name for leaf in wanted if isinstance(leaf, AttributeLeaf)})
        self._numbers = {name: number for number, name in enumerate(names)}
        if names:
            self._attributes = _pivot(self._asked.org, names)
            self._join(self._attributes, agreed.c.shopper)
        if any(isinstance(leaf, Stage | Band | Figure) for leaf in wanted):
            self._standing = _PROFILE.alias("standing")
            self._join(self._standing, agreed.c.shopper, org=True)
        facts = {_name_of(leaf): leaf for leaf in wanted if isinstance(leaf, FactLeaf)}
        for source, rows in zip(("purchases", "events"), self._asked.sources, strict=True):
            mine = {name: leaf for name, leaf in facts.items() if leaf.facts.source == source}
            if mine:
                counted = _count(list(mine.values()), rows.subquery(source), self._asked.moment)
                self._join(counted, agreed.c.shopper)
                columns = [one for one in counted.c if one.key != "shopper"]
                self._counted |= dict(zip(mine, columns, strict=True))


def _needs_profile(leaf: Leaf) -> bool:
    return isinstance(leaf, AttributeLeaf | Stage | Band | FactLeaf) or (
        isinstance(leaf, Figure) and leaf.of != "open_complaints"
    )


def _needs_said(leaf: Leaf) -> bool:
    return isinstance(leaf, Channel | Staff) or (
        isinstance(leaf, Figure) and leaf.of == "open_complaints"
    )


def _name_of(leaf: FactLeaf) -> str:
    """The same for leaves that count the same, however they compare it."""
    facts = leaf.facts.model_dump_json()
    return f"{facts}/{leaf.measure}/{leaf.days}" if isinstance(leaf, Tally) else f"{facts}/last"


def _agreed(asked: Asked) -> Subquery:
    """Whose last word on a profile is a yes; the same rule as `consent.allowed`: ties are a no."""
    row = _CONSENT.c
    yes = func.max(case((row.granted, row.at_ms)))
    no = func.coalesce(func.max(case((row.granted.is_(False), row.at_ms))), -1)
    return (
        select(row.shopper)
        .where(
            row.org == asked.org,
            row.purpose == Purpose.PROFILE.value,
            row.at_ms <= asked.moment.at_ms,
        )
        .group_by(row.shopper)
        .having(yes > no)
        .subquery("agreed")
    )


def _pivot(org: str, names: list[str]) -> Subquery:
    row = _ATTRIBUTES.c
    columns = [
        func.max(case((row.name == name, row[part]))).label(f"{part}_{number}")
        for number, name in enumerate(names)
        for part in _PARTS
    ]
    found = select(row.shopper, *columns).where(row.org == org, row.name.in_(names))
    return found.group_by(row.shopper).subquery("attributes")


def _count(leaves: list[FactLeaf], rows: Subquery, moment: Moment) -> Subquery:
    """Every count of one source in one pass over it, from the longest window on."""
    row = {one.key: one for one in rows.c}
    columns = [_counted(leaf, row, moment).label(f"f{n}") for n, leaf in enumerate(leaves)]
    found = select(rows.c.shopper, *columns).where(rows.c.at_ms <= moment.at_ms)
    spans = [leaf.days if isinstance(leaf, Tally) else None for leaf in leaves]
    days = [span for span in spans if span is not None]
    if len(days) == len(spans):
        found = found.where(rows.c.at_ms > since_ms(moment.at_ms, max(days)))
    return found.group_by(rows.c.shopper).subquery(f"{rows.name}_counted")


def _counted(leaf: FactLeaf, row: Mapping[str, _Column], moment: Moment) -> _Column:
    wanted = _wanted(leaf, row)
    if isinstance(leaf, Recency):
        return func.max(case((wanted, row["at_ms"])))
    since = since_ms(moment.at_ms, leaf.days)
    if since is not None:
        wanted = and_(wanted, row["at_ms"] > since)
    measures: dict[str, Callable[[], _Column]] = {
        "count": lambda: func.count(case((wanted, 1))),
        "baskets": lambda: func.count(case((wanted, row["basket"])).distinct()),
        "quantity": lambda: func.sum(case((wanted, row["quantity"]))),
        "amount": lambda: func.sum(case((wanted, row[_AMOUNTS[leaf.facts.source]]))),
    }
    return measures[leaf.measure]()


_AMOUNTS = {"purchases": "amount_minor", "events": "amount"}


def _wanted(leaf: FactLeaf, row: Mapping[str, _Column]) -> ColumnElement[bool]:
    facts = leaf.facts
    if isinstance(facts, Purchases):
        named = [("product", facts.products), ("category", facts.categories)]
        return and_(true(), *(row[part].in_(names) for part, names in named if names))
    items = [row["item"].in_(facts.items)] if facts.items else []
    return and_(row["kind"] == facts.event, *items)


def _live_rows(asked: Asked) -> FromClause:
    """Who is in the shop, as rows: one bound value, however many they are."""
    rows = [
        {
            "shopper": shopper,
            "zone": one.zone,
            "dwell_s": one.dwell_s,
            "visit_s": one.visit_s,
            "visited": f"|{'|'.join(sorted(one.visited))}|",
        }
        for shopper, one in sorted(asked.live.items())
    ]
    given = literal(json.dumps(rows), Text())
    if asked.dialect == "postgresql":
        typed: list[ColumnClause[Any]] = [column(name, kind) for name, kind in _LIVE.items()]
        return (
            func.jsonb_to_recordset(cast(given, JSONB))
            .table_valued(*typed, name="live")
            .render_derived(with_types=True)
        )
    each = func.json_each(given).table_valued("value")
    # Without a cast a column has no affinity, and SQLite makes no index for the join: everybody
    # would be looked for among all who are here.
    columns = [
        cast(func.json_extract(each.c.value, f"$.{name}"), kind).label(name)
        for name, kind in _LIVE.items()
    ]
    return select(*columns).subquery("live")


_LIVE: dict[str, TypeEngine[Any]] = {
    "shopper": String(),
    "zone": String(),
    "dwell_s": Integer(),
    "visit_s": BigInteger(),
    "visited": String(),
}
