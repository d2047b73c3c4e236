"""The survey page: how well the store is heard, by the map that the running engine goes by."""

from collections.abc import Iterator

import pytest

from store_server.database import Database
from store_server.flows.keep_survey import take_survey
from store_server.presence.survey import SurveyLine
from store_server.writer import Priority
from tests.store_server.entrypoints.web_builders import PLAN, WebStore, a_web_store

AT = "/store/survey"


@pytest.fixture
def web(sqlite_database: Database) -> Iterator[WebStore]:
    with a_web_store(sqlite_database) as store:
        yield store


def test_every_zone_has_its_coverage_and_the_map_its_squares(web: WebStore) -> None:
    page = web.manager().get(AT).text

    assert all(f">{zone.name}</th>" in page for zone in PLAN.zones)
    assert page.count('width="200" height="200"') == 15 * 10
    assert "No survey yet" in page


def test_places_of_a_survey_are_drawn_and_that_it_waits_is_said(web: WebStore) -> None:
    lines = [
        SurveyLine(float(second), "gw-1", "tag", -60.0, 4.0, 2.5, None, None) for second in range(3)
    ]
    web.context.writer.submit(Priority.APP, take_survey, lines=lines).result()

    page = web.manager().get(AT).text

    assert 'transform="translate(400 1750)"' in page
    assert "A survey waits to be fitted" in page
    assert "<dd>3</dd>" in page


def test_who_is_not_logged_in_sees_nothing(web: WebStore) -> None:
    stranger = web.client().get(AT, follow_redirects=False)

    assert stranger.status_code == 303
