"""`store-server import-shoppers`, `import-purchases`, `import-audience`: CSV files of others."""

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from store_server.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    print_json,
    set_up_log,
    settings_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from store_server.bootstrap.open_store import OpenStore
    from store_server.flows.import_csv import ImportFile, ImportKind, RowFault
    from store_server.flows.import_rows import ImportJob
    from store_server.shoppers.bookmark import Bookmark

CHUNK_ITEMS = 500
FAULTS_SHOWN = 20

FileArgument = Annotated[Path, typer.Argument(help="A CSV file in UTF-8 with a line of columns.")]
ErrorsOption = Annotated[
    Path | None, typer.Option("--errors", help="Write the refused rows into this CSV file.")
]
NameOption = Annotated[
    str, typer.Option("--name", help="Of the audience: a-z, 0-9 and _; the attribute is in_NAME.")
]
ReplaceOption = Annotated[
    bool, typer.Option("--replace", help="Who is not in the file is not in the audience any more.")
]


def import_shoppers(
    file: FileArgument,
    *,
    errors: ErrorsOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Import shoppers: shopper_id, and household_id, language where known. It is no consent."""
    _run("shoppers", file, errors=errors, config=config, as_json=as_json)


def import_purchases(
    file: FileArgument,
    *,
    errors: ErrorsOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Import past purchases of shoppers who agree to a profile; each basket counts once."""
    _run("purchases", file, errors=errors, config=config, as_json=as_json)


def import_audience(
    file: FileArgument,
    *,
    name: NameOption,
    replace: ReplaceOption = False,
    errors: ErrorsOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Import a list of shoppers; segments know it as the attribute in_NAME."""
    _run(
        "audience",
        file,
        errors=errors,
        config=config,
        as_json=as_json,
        attribute=f"in_{name}",
        replace=replace,
    )


def _run(
    kind: "ImportKind",
    path: Path,
    *,
    errors: Path | None,
    config: Path,
    as_json: bool,
    attribute: str = "",
    replace: bool = False,
) -> None:
    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415 - --help stays light
    from store_server.entrypoints.profile_refresh import refresh_all  # noqa: PLC0415
    from store_server.flows.import_csv import open_import  # noqa: PLC0415
    from store_server.flows.import_rows import ImportJob, show_bookmark  # noqa: PLC0415

    set_up_log()
    settings = settings_of(config)
    file = open_import(path, kind)
    with open_store(settings) as store:
        name = f"{attribute}/replace" if replace else attribute
        import_id = file.import_id(org=settings.scope.org, name=name)
        job = ImportJob(import_id, kind, attribute, replace)
        before = store.reader.read(show_bookmark, import_id=import_id)
        after, faults = _import(store, file, job)
        if kind == "purchases":
            refresh_all(store)
    if errors is not None:
        _write_faults(errors, path, faults)
    counts = {"taken": after.taken, "refused": after.refused, "resumed_after": before.through_row}
    if as_json:
        print_json({**counts, "errors": [{"line": one.line, "text": one.text} for one in faults]})
    else:
        _tell(path, before, after, faults)
    if after.refused:
        raise typer.Exit(1)


def _import(
    store: "OpenStore", file: "ImportFile", job: "ImportJob"
) -> tuple["Bookmark", list["RowFault"]]:
    """How far it came in the end, and what was wrong in the rows of this run."""
    from rich.console import Console  # noqa: PLC0415 - --help stays light
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    from store_server.clock import SystemClock  # noqa: PLC0415
    from store_server.flows.import_rows import finish_import, import_rows, show_bookmark  # noqa: PLC0415
    from store_server.flows.seed_csv import chunked  # noqa: PLC0415
    from store_server.writer import Priority  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn(
            "{task.percentage:>3.0f} %  {task.fields[taken]} taken, {task.fields[refused]} refused"
        ),
        TimeRemainingColumn(),
    )
    bookmark = store.reader.read(show_bookmark, import_id=job.id)
    faults: list[RowFault] = []
    # On the error output, so that a program can read the standard one; a pipe gets no bar.
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(file.path.name, total=file.size_bytes, taken=0, refused=0)
        for items in chunked(file.items(now=SystemClock().now()), CHUNK_ITEMS):
            if items[-1].line > bookmark.through_row:
                done = store.writer.submit(Priority.APP, import_rows, job=job, items=items).result()
                bookmark = done.bookmark
                faults += done.faults
            bar.update(
                task,
                completed=file.read_bytes,
                taken=bookmark.taken,
                refused=bookmark.refused,
            )
    store.writer.submit(Priority.APP, finish_import, import_id=job.id).result()
    return bookmark, faults


def _tell(path: Path, before: "Bookmark", after: "Bookmark", faults: "list[RowFault]") -> None:
    if before.through_row:
        print(f"{path}: went on after line {before.through_row}, where it was stopped")
    for one in faults[:FAULTS_SHOWN]:
        print(f"{path}:{one.line}: {one.text}")
    if len(faults) > FAULTS_SHOWN:
        print(f"... and {len(faults) - FAULTS_SHOWN} more; --errors FILE writes all of them")
    print(f"taken: {after.taken}")
    print(f"refused: {after.refused}")


def _write_faults(errors: Path, path: Path, faults: "Iterable[RowFault]") -> None:
    with errors.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "line", "error"])
        writer.writerows([path.name, one.line, one.text] for one in faults)
