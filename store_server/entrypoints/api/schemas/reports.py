"""Reports as tables: what there is, and one of them."""

from pydantic import ConfigDict

from store_server.entrypoints.api.schemas.fields import Answer
from store_server.reports.table import Unit


class ColumnAnswer(Answer):
    """One column; `says` is its formula."""

    name: str
    unit: Unit
    says: str


class ReportKindAnswer(Answer):
    """One report and its columns."""

    name: str
    title: str
    says: str
    columns: list[ColumnAnswer]


class ReportListAnswer(Answer):
    """Every report there is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "reports": [
                        {
                            "name": "funnel",
                            "title": "From the zone to the till",
                            "says": "How many came how far, and why the others did not.",
                            "columns": [
                                {"name": "step", "unit": "text", "says": "which step"},
                                {"name": "count", "unit": "count", "says": "how many"},
                            ],
                        }
                    ]
                }
            ]
        }
    )

    reports: list[ReportKindAnswer]


class TableAnswer(Answer):
    """Rows of one report by column name."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "funnel",
                    "title": "From the zone to the till",
                    "rows": [
                        {"step": "asked", "reason": None, "count": 45, "share_of_before": 0.4}
                    ],
                }
            ]
        }
    )

    name: str
    title: str
    rows: list[dict[str, str | int | float | bool | None]]
