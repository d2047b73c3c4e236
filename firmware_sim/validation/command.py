"""firmware-sim validate-air; imports nothing heavy until it runs."""

from pathlib import Path
from typing import Annotated

import typer

from firmware_sim.errors import RecordingError

Recordings = Annotated[
    list[Path], typer.Option("--recording", help="CSV t,gateway,device,rssi; several times.")
]
Truths = Annotated[
    list[Path], typer.Option("--truth", help="CSV t,x,y; one for each --recording, in order.")
]
SiteFile = Annotated[Path, typer.Option(help="JSON with the gateways, as replay-presence reads.")]
SurveyFile = Annotated[
    Path | None, typer.Option(help="CSV t,gateway,device,rssi,x,y of the same site.")
]
EngineCommand = Annotated[
    str | None,
    typer.Option("--engine", help='Compare its error too: "store-server replay-presence".'),
]
Height = Annotated[float, typer.Option(help="Height of the sender above the floor, m.")]
Body = Annotated[float, typer.Option(help="Loss by the carrier's body, dB; 0 on a mast.")]
Drawings = Annotated[int, typer.Option(help="How many airs are drawn, with seeds 1, 2, ...")]


def validate_air(
    *,
    recording: Recordings,
    truth: Truths,
    site: SiteFile,
    survey: SurveyFile = None,
    engine: EngineCommand = None,
    tag_height_m: Height = 1.1,
    body_db: Body = 14.0,
    drawings: Drawings = 8,
) -> None:
    """Compare the simulated air with real recordings; exit code 1 when a bar is missed."""
    from firmware_sim.validation.comparison import table  # noqa: PLC0415
    from firmware_sim.validation.engine import Engine  # noqa: PLC0415
    from firmware_sim.validation.recording import (  # noqa: PLC0415
        read_site,
        read_survey,
        read_walk,
    )
    from firmware_sim.validation.validate import Material, validate  # noqa: PLC0415

    _check(len(recording), len(truth), drawings=drawings, body_db=body_db)
    plan = read_site(site, tag_height_m=tag_height_m)
    walks = [
        read_walk(heard, path, site=plan) for heard, path in zip(recording, truth, strict=True)
    ]
    material = Material(
        plan,
        tuple(walks),
        None if survey is None else read_survey(survey, site=plan),
        tag_height_m,
        body_db,
    )
    result = validate(
        material,
        seeds=range(1, drawings + 1),
        engine=None if engine is None else Engine(engine, plan),
    )
    typer.echo("\n".join(table(result.lines)))
    fit = result.fit
    typer.echo(
        f"fitted: {fit.power_1m_dbm:.1f} dBm at 1 m, exponent {fit.air.path_loss_exponent:.2f}, "
        f"loss {fit.air.loss:.2f}, interval {1000 * fit.interval_s:.0f} ms; {drawings} drawings"
    )
    for name, least, most in result.by_drawing:
        typer.echo(f"{name}: {least:.2f} to {most:.2f} by drawing")
    if not result.holds:
        raise typer.Exit(1)


def _check(recordings: int, truths: int, *, drawings: int, body_db: float) -> None:
    if recordings != truths:
        raise RecordingError(
            f"--recording is given {recordings} times, --truth {truths}; must be one for each"
        )
    if not 1 <= drawings <= 1000:
        raise RecordingError(f"--drawings is {drawings}; must be 1 to 1000")
    if not 0 <= body_db <= 60:
        raise RecordingError(f"--body-db is {body_db}; must be 0 to 60")
