"""firmware-sim: demo, run, record, score, beacon, validate-air.

Heavy modules are imported inside the commands, so that --help stays quick.
"""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firmware_sim import bench_commands
from firmware_sim.guarded import guarded
from firmware_sim.validation import command

if TYPE_CHECKING:
    from firmware_sim.scenario import Scenario
    from firmware_sim.summary import Results

app = typer.Typer(
    name="firmware-sim",
    help="A shop without radios: real programs, simulated people, a known truth.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

# In a clone configs/ lies beside the packages; in a wheel it is packed into this one.
_HERE = Path(__file__).resolve().parent
_PACKED = _HERE / "configs"
CONFIGS = (_PACKED if _PACKED.is_dir() else _HERE.parent / "configs") / "scenarios"
FOLDER = Path(".demo")
UNTIL_INTERRUPTED_S = 86_400.0


class RadioKind(StrEnum):
    """How adverts reach the gateways."""

    FEED = "feed"
    BLUEZ = "bluez"


Seconds = Annotated[
    float | None, typer.Option(envvar="DEMO_SECONDS", help="How long to run, in wall seconds.")
]
Speed = Annotated[float | None, typer.Option(help="Simulated seconds per wall second.")]
Seed = Annotated[int | None, typer.Option(help="The same seed gives the same event log.")]
SummaryJson = Annotated[Path | None, typer.Option(help="Write the figures to this file too.")]
Lockstep = Annotated[
    bool, typer.Option("--lockstep", help="Wait for the store after every simulated second.")
]
OnRadio = Annotated[
    RadioKind,
    typer.Option("--radio", help="feed: simulated time; bluez: bleak on a D-Bus, in real time."),
]
Folder = Annotated[Path, typer.Option(help="Where state, logs and the cache go.")]


@app.command()
def demo(
    *,
    seconds: Seconds = None,
    speed: Speed = None,
    seed: Seed = None,
    summary_json: SummaryJson = None,
    lockstep: Lockstep = False,
    radio: OnRadio = RadioKind.FEED,
    folder: Folder = FOLDER,
) -> None:
    """Run a supermarket on a Saturday morning against the real programs, until Ctrl-C."""
    run(
        CONFIGS / "demo.toml",
        seconds=UNTIL_INTERRUPTED_S if seconds is None else seconds,
        speed=speed,
        seed=seed,
        summary_json=summary_json,
        lockstep=lockstep,
        radio=radio,
        folder=folder,
    )


@app.command()
def run(
    scenario: Annotated[Path, typer.Argument(help="A file like configs/scenarios/demo.toml.")],
    *,
    seconds: Seconds = None,
    speed: Speed = None,
    seed: Seed = None,
    summary_json: SummaryJson = None,
    lockstep: Lockstep = False,
    radio: OnRadio = RadioKind.FEED,
    folder: Folder = FOLDER,
) -> None:
    """Run any scenario against the real programs; exit code 1 when something does not add up."""
    from firmware_sim.scenario import load_scenario, with_pace  # noqa: PLC0415

    def go() -> None:
        pace = _pace(radio, speed=speed, lockstep=lockstep)
        chosen = with_pace(load_scenario(scenario), seconds=seconds, speed=pace, seed=seed)
        if radio is RadioKind.BLUEZ:
            now = datetime.now(UTC).replace(microsecond=0)
            chosen = replace(chosen, start_at=now)
        results = _run(chosen, folder=folder, lockstep=lockstep, radio=radio)
        _finish(results, summary_json)

    guarded(go)


app.command()(bench_commands.record)
app.command()(bench_commands.score)
app.command()(bench_commands.beacon)


@app.command("validate-air")
def validate_air_command(
    *,
    recording: command.Recordings,
    truth: command.Truths,
    site: command.SiteFile,
    survey: command.SurveyFile = None,
    engine: command.EngineCommand = None,
    tag_height_m: command.Height = 1.1,
    body_db: command.Body = 14.0,
    drawings: command.Drawings = 8,
) -> None:
    """Compare the simulated air with real recordings; exit code 1 when a bar is missed."""
    guarded(
        lambda: command.validate_air(
            recording=recording,
            truth=truth,
            site=site,
            survey=survey,
            engine=engine,
            tag_height_m=tag_height_m,
            body_db=body_db,
            drawings=drawings,
        )
    )


def main() -> None:
    """The entry point of the console script."""
    app()


def _pace(radio: RadioKind, *, speed: float | None, lockstep: bool) -> float | None:
    """The speed to run at; behind radios a second takes a second.

    Raises:
        ScenarioError: radios cannot run at that speed, or in lockstep.
    """
    from firmware_sim.errors import ScenarioError  # noqa: PLC0415

    if radio is RadioKind.FEED:
        return speed
    if lockstep or speed not in {None, 1.0}:
        raise ScenarioError("--radio bluez runs in real time; leave out --lockstep and --speed")
    return 1.0


def _run(scenario: "Scenario", *, folder: Path, lockstep: bool, radio: RadioKind) -> "Results":
    from rich.console import Console  # noqa: PLC0415

    from firmware_sim.demo import Run, run_demo  # noqa: PLC0415
    from firmware_sim.live_summary import LiveSummary  # noqa: PLC0415
    from firmware_sim.logs import log_to_stderr  # noqa: PLC0415

    log_to_stderr()
    console = Console(file=sys.stdout)

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    with LiveSummary(f"scenario {scenario.name}", console=console) as live:
        return run_demo(Run(scenario, folder / "run", lockstep, say, live.show, radio.value))


def _finish(results: "Results", summary_json: Path | None) -> None:
    """Print the figures; exit code 1 when an invariant is broken."""
    import json  # noqa: PLC0415

    from firmware_sim.summary import broken_invariants, lines, summarise  # noqa: PLC0415

    summary = summarise(results)
    print("\n".join(lines(summary)))
    if summary_json is not None:
        summary_json.parent.mkdir(parents=True, exist_ok=True)
        summary_json.write_text(json.dumps(summary, indent=2) + "\n")
    for one in broken_invariants(results):
        print(f"broken: {one}", file=sys.stderr)
    if summary["invariants_broken"]:
        raise typer.Exit(1)
