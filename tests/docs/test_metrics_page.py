"""docs/metrics.md is what the code says."""

from pathlib import Path

from store_server.flows.show_table import TABLES
from store_server.reports.glossary import glossary
from store_server.reports.unit_files import LONG_LIFT

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"


def test_the_page_is_made_from_the_code() -> None:
    made = glossary([*(kind for kind, _ in TABLES.values()), LONG_LIFT])

    assert PAGE.read_text() == made, "run: store-server metrics-page > docs/metrics.md"


def test_every_column_has_a_meaning_and_its_own_name() -> None:
    for kind, _ in TABLES.values():
        assert all(column.says for column in kind.columns)
        assert len({column.name for column in kind.columns}) == len(kind.columns)
