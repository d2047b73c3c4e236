"""A running server finds a plan or survey that another process has loaded."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from store_server.database import Database
from store_server.entrypoints.ground_watch import LOOKS_AT_REST, GroundWatch
from store_server.flows.rooms import Ground
from store_server.presence.engine import PresenceEngine
from store_server.presence.survey import SurveyLine
from store_server.shop.floor_plan import FloorPlan
from store_server.writer import Reader, Writer
from tests.store_server.flows.test_renew_presence import WALLED, filters, keep_plan, take_reading
from tests.store_server.presence.builders import Shop, a_shop
from tests.store_server.shop.builders import a_plan


@pytest.fixture
def shop(sqlite_database: Database) -> Shop:
    shop = a_shop(sqlite_database)
    shop.run(keep_plan, plan=a_plan())
    shop.rooms.live = replace(shop.rooms.live, ground=Ground(a_plan()))
    return shop


@pytest.fixture
def built() -> list[tuple[FloorPlan, int]]:
    """Plan and number of survey readings of each engine that was built."""
    return []


@pytest.fixture
def watch(shop: Shop, built: list[tuple[FloorPlan, int]]) -> Iterator[GroundWatch]:
    def build(plan: FloorPlan, survey: Sequence[SurveyLine]) -> PresenceEngine:
        built.append((plan, len(survey)))
        return filters(plan, survey)

    shop.rooms.engines = build
    writer = Writer(shop.database.write, shop.rooms)
    writer.start()
    yield GroundWatch(writer, Reader(shop.database.read, shop.rooms), shop.rooms)
    writer.stop()


def test_while_nothing_changes_nothing_is_built(
    watch: GroundWatch, built: list[tuple[FloorPlan, int]]
) -> None:
    assert [watch.look() for _ in range(3)] == [False] * 3
    assert built == []


def test_a_plan_that_a_command_has_loaded_is_taken_at_the_next_look(
    shop: Shop, watch: GroundWatch, built: list[tuple[FloorPlan, int]]
) -> None:
    shop.run(keep_plan, plan=WALLED)

    looks = [watch.look(), watch.look()]

    assert looks == [True, False]
    assert shop.rooms.live.plan == WALLED
    assert built == [(WALLED, 0)]


def test_a_survey_is_fitted_when_it_has_come_to_rest(
    shop: Shop, watch: GroundWatch, built: list[tuple[FloorPlan, int]]
) -> None:
    shop.run(take_reading)

    looks = [watch.look() for _ in range(LOOKS_AT_REST + 2)]

    assert looks == [False] * LOOKS_AT_REST + [True, False]
    assert built == [(a_plan(), 1)]


def test_a_process_that_is_no_server_leaves_presence_alone(shop: Shop, watch: GroundWatch) -> None:
    shop.run(keep_plan, plan=WALLED)
    shop.rooms.engines = None

    assert watch.look() is False
    assert shop.rooms.live.plan == a_plan()
