"""What a campaign was worth, part by part, and how far the meter is to be trusted."""

import csv
import re
from dataclasses import replace
from datetime import datetime, timedelta

from store_server.database import UnitOfWork
from store_server.decisions.decision import Outcome
from store_server.decisions.repository import DecisionRepository
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_table import TABLES
from store_server.ids import ShopperId
from store_server.writer import Priority
from tests.store_server.entrypoints.web_builders import WebStore
from tests.store_server.offers.builders import NOON, a_campaign
from tests.store_server.outbox.builders import a_decision

PAGE = "/campaigns/at/bakery/results"


def forty_were_decided(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> None:
    """Thirty were offered the bread and ten held out, three days ago."""
    DecisionRepository(uow.session, rooms.scope).add(
        [
            a_decision(
                f"d-{number}",
                shopper=ShopperId(f"someone-{number}"),
                outcome=Outcome.OFFERED if number < 30 else Outcome.HELD_OUT,
                at=now - timedelta(days=3),
            )
            for number in range(40)
        ]
    )


def a_result(web: WebStore) -> None:
    web.context.writer.submit(Priority.APP, forty_were_decided).result()
    live = web.context.rooms.live
    over = replace(a_campaign(), ends_at=NOON - timedelta(days=1))
    web.context.rooms.live = replace(live, catalogue=live.catalogue.with_campaign(over))


def cells(page: str, part: str) -> list[str]:
    row = re.search(rf"<th[^>]*scope=\"row\"[^>]*>{part}</th>(.*?)</tr>", page, re.DOTALL)
    assert row, part
    return [re.sub("<[^>]*>", "", cell) for cell in re.findall("<td.*?</td>", row[1])]


def test_each_part_has_its_groups_its_difference_and_its_interval(web: WebStore) -> None:
    a_result(web)

    offered, held_out, change, between, stands_out = cells(web.manager().get(PAGE).text, "Bakery")

    assert (offered, held_out, change, stands_out) == ("30", "10", "+0.0", "no")
    low, high = between.split(" … ")
    assert low.startswith("−")
    assert high.startswith("+")


def test_parts_are_named_in_the_readers_language(web: WebStore) -> None:
    a_result(web)
    browser = web.manager()

    spanish, russian = (
        browser.get(PAGE, headers={"accept-language": one}).text for one in ("es", "ru")
    )

    assert cells(spanish, "Nada aún")[:2] == cells(russian, "Пока ничего")[:2] == ["30", "10"]


def test_the_parts_are_in_the_file_for_a_spreadsheet(web: WebStore) -> None:
    a_result(web)

    rows = list(csv.DictReader(web.manager().get(f"{PAGE}.csv").text.splitlines()))

    part = next(row for row in rows if row["name"] == "zone:bakery")
    assert (part["kind"], part["offered_units"], part["estimate"]) == ("part", "30", "0.0")
    assert float(part["low"]) < 0 < float(part["high"])


def test_a_meter_that_was_never_tried_says_so_beside_the_result(web: WebStore) -> None:
    page = web.manager().get(PAGE).text

    assert "Not checked on known cases" in page
    assert "Nobody was offered it or held out yet." in page


def test_each_day_has_a_row_and_its_files(web: WebStore) -> None:
    a_result(web)
    browser = web.manager()

    page = browser.get(PAGE).text
    file = browser.get("/v1/reports/daily/file?campaign=bakery&format=csv").text

    assert "Day by day" in page
    assert "/v1/reports/daily/file?campaign=bakery&amp;format=parquet" in page
    assert file.splitlines()[0] == "day,offered,held_out,redeemed,given_minor"
    assert file.splitlines()[1].split(",")[1:3] == ["30", "10"]


def test_what_was_lost_is_told_in_words(web: WebStore) -> None:
    a_result(web)

    page = web.manager().get(PAGE, headers={"accept-language": "es"}).text

    assert "10 · Retenidos como control, para poder medir el efecto." in page


def test_the_glossary_tells_every_report_out_of_the_code(web: WebStore) -> None:
    page = web.manager().get("/campaigns/metrics").text

    for kind, _ in TABLES.values():
        assert f"GET /v1/reports/{kind.name}" in page
        assert all(f">{column.name}</code>" in page for column in kind.columns)


def test_the_overview_says_which_result_can_be_read(web: WebStore) -> None:
    a_result(web)

    page = web.manager().get("/").text

    assert "can be read." in page
    assert 'href="/campaigns/at/bakery/results"' in page
