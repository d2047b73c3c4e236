"""Tables that a phone reads row by row: each cell carries the heading of its column.

Done to the finished page, so that no template repeats its headings in its cells; the style sheet
shows them where the screen is too narrow for a table. What a script fills (its body has an id) and
tables of two columns stay as they are.
"""

import re

# As many headings; a table with fewer fits a phone.
LEAST_COLUMNS = 3

_TABLE = re.compile(r"<table\b([^>]*)>(.*?)</table>", re.S)
_HEADING = re.compile(r'<th scope="col"[^>]*>(.*?)</th>', re.S)
_ROW = re.compile(r"<tr\b.*?</tr>", re.S)
_CELL = re.compile(r"<(td|th)\b")
_TAG = re.compile(r"<[^>]*>")


def with_labels(page: str) -> str:
    """The page with a `data-label` on each cell of its wide tables.

    Example:
        >>> with_labels('<p>no table</p>')
        '<p>no table</p>'
    """
    return _TABLE.sub(_labelled, page) if "<table" in page else page


def _labelled(found: re.Match[str]) -> str:
    attributes, inside = found.groups()
    head, parted, body = inside.partition("<tbody>")
    labels = [_plain(one) for one in _HEADING.findall(head)]
    if not parted or len(labels) < LEAST_COLUMNS or "class=" in attributes:
        return found[0]
    rows = _ROW.sub(lambda row: _row(row[0], labels), body)
    return f'<table class="stacks"{attributes}>{head}<tbody>{rows}</table>'


def _row(row: str, labels: list[str]) -> str:
    if "colspan=" in row:
        return row
    left = iter(labels)

    def label(cell: re.Match[str]) -> str:
        text = next(left, "")
        # The first cell is the row's own heading: it needs none.
        return f'<{cell[1]} data-label="{text}"' if text and text != labels[0] else cell[0]

    return _CELL.sub(label, row)


def _plain(heading: str) -> str:
    """The words of a heading, fit for an attribute; the template has escaped them."""
    return " ".join(_TAG.sub("", heading).split()).replace('"', "&#34;")
