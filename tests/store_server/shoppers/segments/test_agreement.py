"""The closure and the SQL of a segment say the same of every shopper: 10,000 trees, two engines.

Every tree holds for 20 to 80 % of 2,000 shoppers of whom much is not known, so neither reading
can be right by always saying no. The trees stand in eight parts, to be spread over processes.
"""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from store_server import schema
from store_server.database import Database, open_database, read_only, unit_of_work
from store_server.ids import ShopperId
from store_server.shoppers.repository import Population, SegmentRepository
from store_server.shoppers.segments.closure import compile_tree
from store_server.shoppers.segments.explanation import explain
from store_server.shoppers.segments.subject import SegmentSubject
from store_server.shoppers.segments.tree import SegmentTree
from tests.store_server.shoppers.segments.random_shoppers import (
    HERE,
    Crowd,
    a_crowd,
    fill_tables,
    moment,
    sources,
)
from tests.store_server.shoppers.segments.random_trees import SEGMENTS, a_tree

SHOPPERS, TREES, PARTS, AT_ONCE = 2_000, 10_000, 8, 250
Truth = tuple[tuple[bool, ...], ...]


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    return a_crowd(SHOPPERS)


@pytest.fixture(scope="module")
def engines(
    crowd: Crowd,
    sqlite_template: Path,
    postgres: Database,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Database, Database]]:
    """SQLite and PostgreSQL with the whole crowd in their tables."""
    path = tmp_path_factory.mktemp("crowd") / "store.db"
    shutil.copy(sqlite_template, path)
    sqlite = open_database(f"sqlite:///{path}")
    tables = ", ".join(f'"{name}"' for name in schema.metadata().tables)
    with postgres.write.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables}"))
    for database in (sqlite, postgres):
        with unit_of_work(database.write, None) as uow:
            fill_tables(uow.session, crowd)
            # As autovacuum does in a store: without counts of rows the plans are poor.
            uow.session.execute(text("ANALYZE"))
    yield sqlite, postgres
    sqlite.close()


def trees_of(rng: Random, subjects: list[SegmentSubject]) -> tuple[list[SegmentTree], Truth]:
    """Random trees that hold for 20 to 80 % of all, and for every shopper which of them hold."""
    trees: list[SegmentTree] = []
    truths: list[list[bool]] = []
    while len(trees) < AT_ONCE:
        tree = a_tree(rng)
        holds = compile_tree(tree, SEGMENTS)
        # A glance at some shoppers spares most of those that will not do.
        if not 0.15 <= sum(map(holds, subjects[:100])) / 100 <= 0.85:
            continue
        truth = list(map(holds, subjects))
        if 0.2 <= sum(truth) / len(truth) <= 0.8:
            trees.append(tree)
            truths.append(truth)
    return trees, tuple(zip(*truths, strict=True))


def by_sql(
    database: Database, trees: list[SegmentTree], crowd: Crowd
) -> Mapping[ShopperId, tuple[bool, ...]]:
    with read_only(database.read, None) as uow:
        population = Population(moment(), sources(uow.session), crowd.live, SEGMENTS)
        return SegmentRepository(uow.session, HERE).memberships(trees, population)


@pytest.mark.parametrize("part", range(PARTS))
def test_closure_and_sql_differ_on_no_tree_and_no_shopper(
    engines: tuple[Database, Database], crowd: Crowd, part: int
) -> None:
    rng, subjects = Random(100 + part), list(crowd.subjects.values())
    for _ in range(TREES // PARTS // AT_ONCE):
        trees, truth = trees_of(rng, subjects)

        for database in engines:
            found = by_sql(database, trees, crowd)

            assert len(found) == SHOPPERS
            wrong = [
                who for who, want in zip(crowd.subjects, truth, strict=True) if found[who] != want
            ]
            assert wrong == [], _first(wrong[0], trees, found, crowd)


def test_members_and_count_are_those_of_the_closure(
    engines: tuple[Database, Database], crowd: Crowd
) -> None:
    trees, truth = trees_of(Random(7), list(crowd.subjects.values()))
    for number, tree in enumerate(trees[:15]):
        want = {who for who, one in zip(crowd.subjects, truth, strict=True) if one[number]}
        for database in engines:
            with read_only(database.read, None) as uow:
                population = Population(moment(), sources(uow.session), crowd.live, SEGMENTS)
                repository = SegmentRepository(uow.session, HERE)

                assert repository.members(tree, population) == want
                reach = repository.reach(tree, population, limit=5)
                assert (reach.shoppers, len(reach.some)) == (len(want), 5)
                assert want.issuperset(reach.some)


def test_an_explanation_never_contradicts_the_closure(crowd: Crowd) -> None:
    rng, subjects = Random(9), list(crowd.subjects.values())[:40]
    for _ in range(100):
        tree = a_tree(rng)
        holds = compile_tree(tree, SEGMENTS)
        for subject in subjects:
            verdict = explain(tree, subject, SEGMENTS)

            assert verdict.belongs == holds(subject)
            assert verdict.deciding


def _first(
    who: ShopperId,
    trees: list[SegmentTree],
    found: Mapping[ShopperId, tuple[bool, ...]],
    crowd: Crowd,
) -> str:
    subject = crowd.subjects[who]
    for tree, said in zip(trees, found[who], strict=True):
        if compile_tree(tree, SEGMENTS)(subject) != said:
            return f"SQL says {said} of {subject}: {tree.model_dump_json()}"
    return ""
