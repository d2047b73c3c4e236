"""Tables as files and as a page: every value arrives, nothing runs."""

import csv
import io
import re
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from store_server.errors import Unprocessable
from store_server.reports.export import FileFormat, write_table
from store_server.reports.printable import printable
from store_server.reports.small_cells import HIDDEN, SMALL
from store_server.reports.table import Column, Table, TableKind, Unit
from tests.store_server.reports.test_text import a_report

KIND = TableKind(
    "zones",
    "Zones",
    "Who was where.",
    (
        Column("zone", Unit.TEXT, "its name"),
        Column("shoppers", Unit.COUNT, "how many"),
        Column("share", Unit.SHARE, "of the visits"),
        Column("stands_out", Unit.FLAG, "or not"),
    ),
)


def a_table() -> Table:
    return KIND.of(
        [
            ("bakery, warm", 40, 0.5, True),
            ("=HYPERLINK(1)", SMALL, None, False),
            ("<b>dairy</b>", HIDDEN, 0.25, False),
        ]
    )


def test_csv_has_a_header_and_what_may_be_shown() -> None:
    rows = list(csv.reader(io.StringIO(write_table(a_table(), FileFormat.CSV).decode())))

    assert rows[0] == ["zone", "shoppers", "share", "stands_out"]
    assert rows[1] == ["bakery, warm", "40", "0.5", "True"]
    assert rows[2][1:] == ["<10", "", "False"]
    assert rows[3][1] == "hidden"


def test_a_spreadsheet_runs_nothing() -> None:
    assert b"'=HYPERLINK(1)" in write_table(a_table(), FileFormat.CSV)


def test_parquet_is_typed_and_says_what_a_column_means() -> None:
    found = pq.read_table(pa.BufferReader(write_table(a_table(), FileFormat.PARQUET)))

    assert found.column("shoppers").to_pylist() == [40, None, None]
    assert found.column("stands_out").to_pylist() == [True, False, False]
    assert found.schema.field("share").metadata[b"says"] == b"of the visits"


def test_without_the_extra_parquet_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(Unprocessable, match=r"beaconry\[reports\]"):
        write_table(a_table(), FileFormat.PARQUET)


def test_a_row_of_the_wrong_length_is_a_fault() -> None:
    with pytest.raises(ValueError, match="a row of 1, not 4"):
        KIND.of([("bakery",)])


def test_the_page_needs_nothing_but_itself() -> None:
    page = printable(a_report(), [a_table()], language="ru")

    assert '<html lang="ru">' in page
    assert not re.search(r"<script|https?://|url\(|<link|<img", page)
    assert "&lt;b&gt;dairy&lt;/b&gt;" in page
    assert '<td class="number">40</td>' in page
