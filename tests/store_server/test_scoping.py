"""Whose data: no repository reads or changes a row of another organisation or another store.

Every table is filled with the same keys for two organisations with two stores each, told apart
by what is no key. A read must answer as if the others were not there; a write must leave every
row of theirs as it was.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from sqlmodel import Session

import store_server
from store_server.database import Database, unit_of_work
from store_server.ids import Scope, scope
from tests.store_server.every_table import Row, everything, fill
from tests.store_server.repository_calls import READS, SPANNING, WRITES, Call, opened

HERE = scope("acme", "demo")
NEXT_DOOR = scope("acme", "other")
RIVALS = (scope("rival", "demo"), scope("rival", "other"))


def repositories() -> Iterator[type]:
    """Every repository class of every room."""
    for found in pkgutil.walk_packages(store_server.__path__, "store_server."):
        if ".repository" in found.name:
            module = importlib.import_module(found.name)
            for name, member in inspect.getmembers(module, inspect.isclass):
                if member.__module__ == found.name and name.endswith("Repository"):
                    yield member


def fill_all(session: Session, places: tuple[Scope, ...]) -> None:
    for place in places:
        for who in ("ann", "bob"):
            fill(session, place, who=who, mark=(HERE, NEXT_DOOR, *RIVALS).index(place))


def answers(database: Database, places: tuple[Scope, ...]) -> Mapping[str, object]:
    """What every read answers here when the rows of these places are there."""
    found: dict[str, object] = {}
    with unit_of_work(database.write, None) as uow:
        fill_all(uow.session, places)
        for name, call in READS.items():
            answer = call(opened(name, uow.session, HERE))
            found[name] = list(answer) if isinstance(answer, Iterator) else answer
        uow.session.rollback()
    return found


def test_every_method_of_every_repository_is_put_to_the_proof() -> None:
    methods = {
        f"{one.__name__}.{name}"
        for one in repositories()
        for name, _ in inspect.getmembers(one, inspect.isfunction)
        if not name.startswith("_")
    }

    # A new one needs a call in repository_calls.py, and every_table.py a row that it can read.
    assert methods == set(READS) | set(WRITES)


def test_every_read_finds_something_when_there_is_something(database: Database) -> None:
    found = answers(database, (HERE,))

    assert [name for name, answer in found.items() if not answer and name not in SILENT] == []


# These look for what the filled rows are not: visits or moments that are over, two hours of
# hearing; or the
# answer is zero.
SILENT = {
    "ReplayRepository.count_over",
    "HappeningRepository.stay_rows",
    "PresenceRepository.ends_of",
    "PresenceRepository.ended_since",
    "HearingRepository.usual",
    "HearingRepository.usual_adverts",
    "HearingRepository.first_slot_ms",
}


def test_no_read_sees_another_organisation(database: Database) -> None:
    alone = answers(database, (HERE,))

    among_rivals = answers(database, (*RIVALS, HERE))

    assert [name for name in READS if among_rivals[name] != alone[name]] == []


def test_only_reads_that_are_to_span_see_another_store(database: Database) -> None:
    alone = answers(database, (HERE,))

    next_door = answers(database, (NEXT_DOOR, HERE))

    leaking = {name for name in READS if next_door[name] != alone[name]}
    of_the_organisation = {
        name for name in leaking if name.partition(".")[0] in OF_THE_ORGANISATION
    }
    assert leaking - of_the_organisation == SPANNING & set(READS)


# Their rows have no store: what the first store wrote, the second one reads.
OF_THE_ORGANISATION = {
    "AttributeRepository",
    "BudgetRepository",
    "CampaignRecordRepository",
    "ConsentRepository",
    "ContactRepository",
    "EndpointRepository",
    "ExperimentUnitRepository",
    "IdentityRepository",
    "ComplaintRepository",
    "ImportRepository",
    "MergeRepository",
    "OfferEffectRepository",
    "ShopperEventRepository",
    "OfferRepository",
    "OfferVersionRepository",
    "HappeningRepository",
    "ProductRepository",
    "ProfileRepository",
    "PurchaseRepository",
    "SegmentRepository",
    "ShopperRepository",
}


def of_others(session: Session, mine: Callable[[Row], bool]) -> list[tuple[str, Row]]:
    return [(name, row) for name, row in everything(session) if not mine(row)]


@pytest.mark.parametrize("name", WRITES, ids=str)
def test_no_write_changes_a_row_of_others(sqlite_database: Database, name: str) -> None:
    def mine(row: Row) -> bool:
        theirs = row.get("store", HERE.store) != HERE.store and name not in SPANNING
        return row["org"] == HERE.org and not theirs

    with unit_of_work(sqlite_database.write, None) as uow:
        fill_all(uow.session, (*RIVALS, NEXT_DOOR, HERE))
        before, whole = of_others(uow.session, mine), list(everything(uow.session))

        WRITES[name](opened(name, uow.session, HERE))

        assert of_others(uow.session, mine) == before
        assert list(everything(uow.session)) != whole, "the write did nothing: no proof"


def test_the_proof_notices_a_leak(database: Database) -> None:
    leak: Call = lambda repository: list(everything(repository))  # noqa: E731 - stands for a read

    def seen(places: tuple[Scope, ...]) -> Any:
        with unit_of_work(database.write, None) as uow:
            fill_all(uow.session, places)
            answer = leak(uow.session)
            uow.session.rollback()
        return answer

    assert seen((HERE,)) != seen((*RIVALS, HERE))
