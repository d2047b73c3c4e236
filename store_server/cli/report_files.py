"""`store-server export-report` and `print-report`: results as files."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from store_server.cli.options import (
    DEFAULT_CONFIG,
    INSTANTS,
    ConfigOption,
    in_utc,
    set_up_log,
    settings_of,
)

SinceOption = Annotated[
    datetime | None, typer.Option(help="Decisions from then on, in UTC.", formats=INSTANTS)
]
UntilOption = Annotated[
    datetime | None, typer.Option(help="Decisions before it, in UTC.", formats=INSTANTS)
]
CampaignOption = Annotated[str | None, typer.Option(help="Of its decisions alone.")]


def export_report(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `GET /v1/reports` lists them.")],
    *,
    out: Annotated[Path, typer.Option(help="The file, or a folder to put NAME.FORMAT into.")],
    file_format: Annotated[Literal["csv", "parquet"], typer.Option("--format")] = "csv",
    since: SinceOption = None,
    until: UntilOption = None,
    campaign: CampaignOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write one report as CSV or Parquet."""
    from store_server.bootstrap.open_store import read_store  # noqa: PLC0415 - --help stays light
    from store_server.flows.show_table import Ask, show_table  # noqa: PLC0415
    from store_server.ids import CampaignId  # noqa: PLC0415
    from store_server.reports.export import FileFormat, write_table  # noqa: PLC0415

    set_up_log()
    ask = Ask(in_utc(since), in_utc(until), CampaignId(campaign) if campaign else None)
    with read_store(settings_of(config)) as reader:
        table = reader.read(show_table, name=name, ask=ask)
    path = out / f"{name}.{file_format}" if out.is_dir() else out
    path.write_bytes(write_table(table, FileFormat(file_format)))
    print(f"{path}: {len(table.rows)} rows")


def export_units(
    *,
    out: Annotated[
        Path, typer.Option(help="The folder; files are put below it by store and month.")
    ],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write every unit's outcome, without names, as Parquet files by month."""
    from store_server.bootstrap.open_store import read_store  # noqa: PLC0415 - --help stays light
    from store_server.flows.show_units import show_units  # noqa: PLC0415
    from store_server.reports.unit_files import write_units  # noqa: PLC0415

    set_up_log()
    settings = settings_of(config)
    with read_store(settings) as reader:
        units = reader.read(show_units)
    for path, count in write_units(units, out, scope=settings.scope).items():
        print(f"{path}: {count} units")
    if not units:
        print("no unit was offered anything yet, or held out from it")


def long_report(
    folder: Annotated[Path, typer.Argument(help="Where `export-units` wrote, of any stores.")],
    *,
    by: Annotated[
        str, typer.Option(help="month, store, campaign, channel, variant, segment or zone.")
    ] = "month",
    metric: Annotated[
        Literal["conversion", "spend", "margin", "spend_28_days"], typer.Option()
    ] = "conversion",
) -> None:
    """Print the lift of the units in Parquet files, by DuckDB, as CSV."""
    from store_server.reports.export import FileFormat, write_table  # noqa: PLC0415
    from store_server.reports.outcomes import Metric  # noqa: PLC0415
    from store_server.reports.unit_files import long_lift  # noqa: PLC0415

    table = long_lift(folder, metric=Metric(metric), by=by)
    print(write_table(table, FileFormat.CSV).decode(), end="")


def metrics_page() -> None:
    """Print docs/metrics.md: every report and column with its formula."""
    from store_server.flows.show_table import TABLES  # noqa: PLC0415 - --help stays light
    from store_server.reports.glossary import glossary  # noqa: PLC0415
    from store_server.reports.unit_files import LONG_LIFT  # noqa: PLC0415

    print(glossary([*(kind for kind, _ in TABLES.values()), LONG_LIFT]), end="")


def print_report(
    *,
    out: Annotated[Path, typer.Option(help="The HTML file.")],
    since: SinceOption = None,
    until: UntilOption = None,
    campaign: CampaignOption = None,
    language: Annotated[Literal["en", "es", "ru"], typer.Option(help="Of the sentences.")] = "en",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write everything there is to report as one HTML page, to be printed."""
    from store_server.bootstrap.open_store import read_store  # noqa: PLC0415 - --help stays light
    from store_server.flows.print_report import print_report as page  # noqa: PLC0415
    from store_server.flows.show_table import Ask  # noqa: PLC0415
    from store_server.ids import CampaignId  # noqa: PLC0415

    set_up_log()
    ask = Ask(in_utc(since), in_utc(until), CampaignId(campaign) if campaign else None)
    with read_store(settings_of(config)) as reader:
        text = reader.read(page, ask=ask, language=language)
    out.write_text(text, encoding="utf-8")
    print(f"{out}: {len(text.encode())} bytes")
