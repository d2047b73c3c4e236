"""docs/metrics.md: every report, column, metric and finding, out of the code that makes them."""

from collections.abc import Iterator, Sequence

from store_server.reports.table import TableKind

PAGE_HEAD = """# Metrics: what every column means

Made from the code by `store-server metrics-page`; a test holds them together. The names are
those of `GET /v1/reports/NAME`, of the CSV and Parquet files and of the printed page. How lift is
measured, and from which sources, is told in [results.md](results.md). Counts of fewer than ten
people are `<10`; cells beside them that would give them away are `hidden`.
"""


def glossary(kinds: Sequence[TableKind]) -> str:
    """The page, in Markdown."""
    return "\n".join([PAGE_HEAD, *_sections(kinds)])


def _sections(kinds: Sequence[TableKind]) -> Iterator[str]:
    for kind in kinds:
        yield f"## `{kind.name}`: {kind.title}"
        yield kind.says
        yield ""
        yield "| column | unit | formula |\n|---|---|---|"
        for column in kind.columns:
            yield f"| `{column.name}` | {column.unit} | {column.says.replace('|', '/')} |"
        yield ""
