"""Segments of an organisation, and the shoppers that belong to them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.sql.selectable import SelectBase
from sqlmodel import Session, col

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new
from store_server.ids import Scope, ShopperId
from store_server.shoppers.repository.rows import chunks
from store_server.shoppers.repository.segment_query import SegmentConditions
from store_server.shoppers.repository.segment_relation import Asked, FactSources, SegmentRelation
from store_server.shoppers.segments.leaves import leaves_of
from store_server.shoppers.segments.segment import Segment
from store_server.shoppers.segments.subject import EventFact, LiveFacts, Moment, PurchaseFact
from store_server.shoppers.segments.tree import SegmentTree
from store_server.shoppers.tables import SegmentRow

TREE: TypeAdapter[SegmentTree] = TypeAdapter(SegmentTree)


class Population(NamedTuple):
    """Whom segments are asked of: at which moment, from which facts, and who is here.

    `segments` are the trees that references name.
    """

    moment: Moment
    sources: FactSources
    live: Mapping[str, LiveFacts]
    segments: Mapping[str, SegmentTree]


class Reach(NamedTuple):
    """How many shoppers belong, and some of them in the order of their random buckets."""

    shoppers: int
    some: tuple[ShopperId, ...]


class FactsOf(NamedTuple):
    """The facts of one shopper, oldest first."""

    purchases: tuple[PurchaseFact, ...]
    events: tuple[EventFact, ...]


class SegmentRepository:
    """Segments and their versions; a version is written once and never changed."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope
        self._org = scope.org

    def add(self, segment: Segment) -> bool:
        """Keep a version; False when this version stands there already."""
        row: dict[str, object] = {
            "org": self._org,
            "segment": segment.id,
            "version": segment.version,
            "name": segment.name,
            "tree": TREE.dump_json(segment.tree).decode(),
            "saved_at_ms": to_ms(segment.saved_at),
        }
        return insert_new(self._session, SegmentRow, [row]) == 1

    def all(self) -> list[Segment]:
        """Every version of every segment, by id, oldest first."""
        rows = self._session.execute(
            select(
                col(SegmentRow.segment),
                col(SegmentRow.name),
                col(SegmentRow.tree),
                col(SegmentRow.version),
                col(SegmentRow.saved_at_ms),
            )
            .where(col(SegmentRow.org) == self._org)
            .order_by(col(SegmentRow.segment), col(SegmentRow.version))
        )
        return [
            Segment(segment, name, TREE.validate_json(tree), version, from_ms(at_ms))
            for segment, name, tree, version, at_ms in rows
        ]

    def reach(self, tree: SegmentTree, population: Population, *, limit: int) -> Reach:
        """How many shoppers a tree holds for, and the first `limit` by random bucket."""
        relation = self._relation([tree], population)
        holds = self._conditions(relation, population).of(tree)
        shopper = relation.shopper
        counted = self._session.execute(relation.select(func.count()).where(holds)).scalar_one()
        some = relation.select(shopper.shopper).where(holds)
        found = self._session.execute(
            some.order_by(shopper.random_bucket, shopper.shopper).limit(limit)
        )
        return Reach(int(counted), tuple(ShopperId(name) for (name,) in found))

    def members(self, tree: SegmentTree, population: Population) -> frozenset[ShopperId]:
        """Everybody whom a tree holds for."""
        relation = self._relation([tree], population)
        holds = self._conditions(relation, population).of(tree)
        found = self._session.execute(relation.select(relation.shopper.shopper).where(holds))
        return frozenset(ShopperId(name) for (name,) in found)

    def memberships(
        self, trees: Sequence[SegmentTree], population: Population
    ) -> dict[ShopperId, tuple[bool, ...]]:
        """For every shopper, which of these trees hold: all of them in one statement."""
        relation = self._relation(trees, population)
        conditions = self._conditions(relation, population)
        columns = [conditions.of(tree).label(f"t{n}") for n, tree in enumerate(trees)]
        rows = self._session.execute(relation.select(relation.shopper.shopper, *columns))
        return {ShopperId(row[0]): tuple(map(bool, row[1:])) for row in rows}

    def facts_of(self, shoppers: Iterable[str], sources: FactSources) -> dict[str, FactsOf]:
        """What the sources say of these shoppers: the very rows that the statements count."""
        wanted = sorted(set(shoppers))
        bought, happened = (
            defaultdict[str, list[PurchaseFact]](list),
            defaultdict[str, list[EventFact]](list),
        )
        for shopper, *columns in self._facts(sources.purchases, PurchaseFact._fields, wanted):
            bought[shopper].append(PurchaseFact(*columns))
        for shopper, *columns in self._facts(sources.events, EventFact._fields, wanted):
            happened[shopper].append(EventFact(*columns))
        return {one: FactsOf(tuple(bought[one]), tuple(happened[one])) for one in wanted}

    def _facts(
        self, source: SelectBase, fields: Sequence[str], shoppers: list[str]
    ) -> Iterable[Sequence[Any]]:
        rows = source.subquery("facts")
        for chunk in chunks(shoppers):
            columns = [rows.c[name] for name in fields]
            yield from self._session.execute(
                select(rows.c.shopper, *columns)
                .where(rows.c.shopper.in_(chunk))
                .order_by(rows.c.at_ms)
            )

    def _relation(self, trees: Sequence[SegmentTree], population: Population) -> SegmentRelation:
        leaves = [leaf for tree in trees for leaf in leaves_of(tree, population.segments)]
        dialect = self._session.get_bind().dialect.name
        asked = Asked(self._org, population.moment, population.sources, population.live, dialect)
        return SegmentRelation(leaves, asked)

    def _conditions(self, relation: SegmentRelation, population: Population) -> SegmentConditions:
        return SegmentConditions(relation, population.segments, moment=population.moment)
