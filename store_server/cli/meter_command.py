"""`store-server calibrate-meter`: placebo campaigns of known effect through the report's code."""

from typing import Annotated, Literal

import typer

from store_server.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    print_json,
    set_up_log,
    settings_of,
)


def calibrate_meter(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    campaigns: Annotated[
        int, typer.Option(min=200, max=20_000, help="How many for each shape of data.")
    ] = 2_000,
    again: Annotated[
        bool, typer.Option("--again", help="Also shapes of data that are calibrated already.")
    ] = False,
    language: Annotated[Literal["en", "es", "ru"], typer.Option(help="Of the sentences.")] = "en",
    as_json: JsonOption = False,
) -> None:
    """Run campaigns of known effect through the report's code and keep how often it was right."""
    from dataclasses import asdict  # noqa: PLC0415 - --help stays light

    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415
    from store_server.flows.calibrate_meter import (  # noqa: PLC0415
        keep_calibration,
        shapes_to_prove,
    )
    from store_server.reports.meter import say_meter  # noqa: PLC0415
    from store_server.reports.placebo import calibrate, seed_of  # noqa: PLC0415
    from store_server.writer import Priority  # noqa: PLC0415

    set_up_log()
    found = []
    with open_store(settings_of(config)) as store:
        for shape in store.reader.read(shapes_to_prove, again=again):
            known = calibrate(shape, seed=seed_of(shape), campaigns=campaigns)
            store.writer.submit(Priority.APP, keep_calibration, calibration=known).result()
            found.append(known)
    if as_json:
        print_json([{**asdict(one), "shape": one.shape._asdict()} for one in found])
        return
    if not found:
        print("every shape of data is calibrated already; --again does it anew")
    for one in found:
        print(f"{one.shape.key}: {say_meter(one, language=language)}")
