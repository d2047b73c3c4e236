"""A survey is recorded where a mark and a batch meet, and is cleared whole."""

import pytest

from store_server.database import Database
from store_server.errors import NotFound, Unprocessable
from store_server.flows.keep_survey import (
    clear_survey,
    mark_survey,
    show_survey_heard,
    show_survey_readings,
    take_survey,
)
from store_server.flows.take_sightings import take_sightings
from store_server.presence.survey import SurveyLine, SurveyMark
from tests.store_server.presence.builders import T0_MS, Shop, a_batch, a_row, a_shop

TAG = "00112233445566aa"
MARK = SurveyMark(TAG, T0_MS, T0_MS + 30_000, 2.0, 1.5)


def take(shop: Shop, seq: int, *after_s: float, identity: str = TAG) -> None:
    rows = [a_row(at, identity=identity) for at in after_s]
    batch = a_batch(seq, rows=rows, sent_s=int(max(after_s)) + 1)
    shop.run(take_sightings, batch=batch, received_at_ms=T0_MS)


def test_what_is_heard_of_a_marked_device_is_kept_with_its_place(database: Database) -> None:
    shop = a_shop(database)
    shop.run(mark_survey, mark=MARK)

    take(shop, 1, 5.0, 10.0)

    kept = shop.run(show_survey_readings)
    assert [(one.device, one.x, one.y, one.tx_power) for one in kept] == [(TAG, 2.0, 1.5, -59)] * 2
    assert shop.run(show_survey_heard, mark=MARK) == {"gw-1": 2}


def test_before_and_after_the_mark_and_of_others_nothing_is_kept(database: Database) -> None:
    shop = a_shop(database)
    shop.run(mark_survey, mark=MARK)

    take(shop, 1, 31.0)
    take(shop, 2, 5.0, identity="ffffffffffffffff")

    assert shop.run(show_survey_readings) == []


def test_a_batch_taken_twice_is_kept_once(database: Database) -> None:
    shop = a_shop(database)
    shop.run(mark_survey, mark=MARK)

    take(shop, 1, 5.0)
    take(shop, 1, 5.0)

    assert len(shop.run(show_survey_readings)) == 1


@pytest.mark.parametrize(
    ("mark", "error"),
    [
        (MARK._replace(x=None), Unprocessable),
        (MARK._replace(y=9_999.0), Unprocessable),
        (MARK._replace(until_ms=T0_MS), Unprocessable),
        (MARK._replace(zone="nowhere"), NotFound),
    ],
)
def test_a_mark_that_cannot_be_is_refused(
    database: Database, mark: SurveyMark, error: type[Exception]
) -> None:
    shop = a_shop(database)

    with pytest.raises(error):
        shop.run(mark_survey, mark=mark)


def test_a_file_twice_changes_nothing_and_clear_leaves_nothing(database: Database) -> None:
    shop = a_shop(database)
    lines = [SurveyLine(float(t), "gw-1", "tag", -60.0, 1.0, 1.0) for t in range(5)]

    for _ in range(2):
        shop.run(take_survey, lines=lines)

    assert shop.run(show_survey_readings) == lines
    assert shop.run(clear_survey) == 5
    assert shop.run(show_survey_readings) == []
