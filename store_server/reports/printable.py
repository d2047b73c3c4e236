"""A report to print: one HTML page of sentences and tables, without scripts or anything loaded."""

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from store_server.decisions.plural import Language
from store_server.reports.report import Report
from store_server.reports.table import Table, Value


def printable(report: Report, tables: Sequence[Table], *, language: Language = "en") -> str:
    """The page; it needs nothing but itself."""
    text = (files("store_server.reports") / "printable.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(text).render(
        language=language,
        heading=f"{report.org} / {report.store}"
        + (f": {report.campaign}" if report.campaign else ""),
        span=_span(report),
        sentences=[report.lift.verdict, report.meter_verdict],
        tables=tables,
        spelled=lambda value: _spelled(value, language),
    )


def _span(report: Report) -> str:
    since, until = _day(report.since), _day(report.until)
    return f"{since or '…'} – {until or _day(report.made_at)} UTC, {report.currency}"


def _day(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M") if at else ""


def _spelled(value: Value, language: Language) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "✓" if value else ""
    if isinstance(value, float):
        text = f"{value:.4g}" if abs(value) < 1 else f"{value:,.1f}".replace(",", "\u202f")
        return text if language == "en" else text.replace(".", ",")
    return f"{value:,}".replace(",", "\u202f") if isinstance(value, int) else value
