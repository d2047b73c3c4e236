"""Cells of wide tables carry the heading of their column, whatever stands in them."""

import re

import pytest

from store_server.entrypoints.console.stacked_tables import with_labels
from tests.store_server.entrypoints.web_builders import WebStore

HEAD = (
    '<thead><tr><th scope="col">Who</th><th scope="col" class="right">How <b>many</b></th>'
    '<th scope="col"><span class="hidden-visually">Say "more"</span></th></tr></thead>'
)


def table(body: str, *, head: str = HEAD, opened: str = "<table>") -> str:
    return f"{opened}{head}<tbody>{body}</tbody></table>"


def labels(page: str) -> list[str]:
    return re.findall(r'data-label="([^"]*)"', page)


def test_each_cell_but_the_first_is_labelled() -> None:
    row = '<tr><th scope="row">ann</th><td class="right">3</td><td>x</td></tr>'

    page = with_labels(table(row * 2))

    assert labels(page) == ["How many", "Say &#34;more&#34;"] * 2
    assert page.count('class="stacks"') == 1
    assert '<td data-label="How many" class="right">3' in page


@pytest.mark.parametrize(
    "page",
    [
        table(
            "<tr><td>a</td><td>b</td></tr>", head='<thead><tr><th scope="col">A</th></tr></thead>'
        ),
        table("<tr><td>a</td><td>b</td><td>c</td></tr>", opened='<table class="rights">'),
        table("<tr><td>a</td></tr>").replace("<tbody>", '<tbody id="filled">'),
        "<p>nothing</p>",
        "<table>",
    ],
)
def test_what_is_narrow_or_filled_by_a_script_stays(page: str) -> None:
    assert with_labels(page) == page


def test_a_row_across_all_columns_stays() -> None:
    assert labels(with_labels(table('<tr><td colspan="3">none</td></tr>'))) == []


def test_pages_come_with_it(web: WebStore) -> None:
    page = web.manager().get("/store/devices").text

    assert "State" in labels(page)
