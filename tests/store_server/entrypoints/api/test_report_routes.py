"""Results by API: as sentences, rows, files and a page; for operations and managers only."""

import csv
import io

import pytest

from store_server.flows.show_table import TABLES
from tests.store_server.entrypoints.web_builders import WebStore


def test_the_report_says_what_it_is_worth_in_the_language_asked_for(web: WebStore) -> None:
    english, russian = (
        web.client("ops").get(f"/v1/report?language={language}").json() for language in ("en", "ru")
    )

    assert english["lift"]["verdict"].startswith("Nobody is held out")
    assert russian["lift"]["verdict"].startswith("Контрольной группы нет")
    assert english["lift"]["effects"][0]["metric"] == "conversion"
    assert "calibrate-meter" in english["meter_verdict"]


def test_every_report_is_listed_with_the_meaning_of_its_columns(web: WebStore) -> None:
    listed = web.client("ops").get("/v1/reports").json()["reports"]

    assert [one["name"] for one in listed] == list(TABLES)
    assert all(column["says"] for one in listed for column in one["columns"])


@pytest.mark.parametrize("name", TABLES)
def test_every_report_is_rows_and_a_file_of_the_same(web: WebStore, name: str) -> None:
    ops = web.client("ops")

    rows = ops.get(f"/v1/reports/{name}").json()["rows"]
    file = ops.get(f"/v1/reports/{name}/file")

    assert file.headers["content-disposition"] == f'attachment; filename="{name}.csv"'
    assert len(list(csv.DictReader(io.StringIO(file.text)))) == len(rows)


def test_parquet_comes_with_its_own_media_type(web: WebStore) -> None:
    answer = web.client("ops").get("/v1/reports/funnel/file?format=parquet")

    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    assert answer.content[:4] == b"PAR1"


def test_a_report_or_campaign_that_is_not_there_is_not_found(web: WebStore) -> None:
    ops = web.client("ops")

    codes = [
        ops.get(path).json()["code"]
        for path in ("/v1/reports/gold", "/v1/report?campaign=gold", "/v1/reports/lift?campaign=x")
    ]

    assert codes == ["unknown_report", "unknown_campaign", "unknown_campaign"]


@pytest.mark.parametrize("path", ["/v1/report", "/v1/reports/funnel", "/v1/report/page"])
def test_a_till_reads_no_results(web: WebStore, path: str) -> None:
    assert web.client("till").get(path).status_code == 403


def test_the_page_can_be_printed(web: WebStore) -> None:
    answer = web.manager().get("/v1/report/page?language=es")

    assert answer.headers["content-type"].startswith("text/html")
    assert "No hay grupo de control" in answer.text
    assert "<script" not in answer.text


def test_a_manager_may_see_every_report(web: WebStore) -> None:
    manager = web.manager()

    assert manager.get("/v1/reports").status_code == 200
    assert manager.get("/v1/reports/funnel").status_code == 200
    assert manager.get("/v1/reports/funnel/file").status_code == 200
