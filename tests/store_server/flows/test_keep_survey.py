"""A survey is recorded where a mark and a batch meet, and is cleared whole."""

from dataclasses import replace

import pytest

from store_server.database import Database, UnitOfWork
from store_server.errors import NotFound, Unprocessable
from store_server.flows.keep_survey import (
    clear_survey,
    mark_survey,
    mark_survey_of,
    show_survey_heard,
    show_survey_readings,
    take_survey,
)
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.take_sightings import take_sightings
from store_server.ids import ShopperId
from store_server.presence.repository import SurveyRepository
from store_server.presence.survey import SurveyLine, SurveyMark
from store_server.shoppers.repository import IdentityRepository
from tests.store_server.presence.builders import (
    T0_MS,
    Shop,
    a_batch,
    a_row,
    a_shop,
    an_eid,
    enrolled,
    some_rooms,
)

TAG = "00112233445566aa"
MARK = SurveyMark(TAG, T0_MS, T0_MS + 30_000, 2.0, 1.5)
LONG = SurveyMark("", T0_MS, T0_MS + 3_000_000, 2.0, 1.5)


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


def test_a_rotating_id_is_followed_through_its_periods(database: Database) -> None:
    shop = enrolled_shop(database)
    mark = shop.run(mark_survey_of, shopper=ShopperId("s-1"), mark=LONG)

    for seq, after_s in enumerate((5.0, 1_500.0, 2_500.0), start=1):
        take(shop, seq, after_s, identity=an_eid("s-1", at_ms=T0_MS + round(after_s * 1000)))
    take(shop, 4, 2_501.0, identity=an_eid("s-2", at_ms=T0_MS + 2_501_000))

    kept = shop.run(show_survey_readings)
    assert [(one.device, one.x) for one in kept] == [("tag", 2.0)] * 3
    assert shop.run(show_survey_heard, mark=mark) == {"gw-1": 3}


def test_nothing_that_is_kept_of_it_names_the_shopper(database: Database) -> None:
    shop = enrolled_shop(database)
    shop.run(mark_survey_of, shopper=ShopperId("s-1"), mark=LONG)

    marks = shop.run(marks_of)

    assert len(marks) >= 4
    assert not any("s-1" in str(value) for mark in marks for value in mark)


def test_who_is_not_enrolled_or_did_not_agree_is_not_followed(database: Database) -> None:
    shop = Shop(database, some_rooms())
    shop.run(enrol_tag)

    with pytest.raises(NotFound):
        shop.run(mark_survey_of, shopper=ShopperId("s-9"), mark=LONG)
    with pytest.raises(Unprocessable):
        shop.run(mark_survey_of, shopper=ShopperId("s-1"), mark=LONG)


def enrolled_shop(database: Database) -> Shop:
    shop = a_shop(database)
    shop.run(enrol_tag)
    return shop


def enrol_tag(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: object) -> None:
    tag = replace(enrolled("s-1"), label="tag")
    IdentityRepository(uow.session, rooms.scope, rooms.vault).enrol(tag)


def marks_of(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: object) -> list[SurveyMark]:
    return SurveyRepository(uow.session, rooms.scope).marks(from_ms=0, until_ms=10**15)
