"""`store-server survey`: record where gateways hear what, fit the map, say what it promises."""

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
from store_server.cli.survey_walk import follow
from store_server.errors import ConfigError

if TYPE_CHECKING:
    from store_server.bootstrap.open_store import OpenStore
    from store_server.presence.survey import Survey
    from store_server.presence.surveyed_site import SurveyedSite

CHUNK_ROWS = 5_000

survey = typer.Typer(
    name="survey",
    help="Walk a survey of the store, fit the radio map, see what it promises.",
    no_args_is_help=True,
)

IdentityArgument = Annotated[
    str, typer.Argument(help="What the tag sends, if it never changes: uuid:major:minor, or hex.")
]
ShopperOption = Annotated[
    str, typer.Option("--shopper", help="Whose tag or phone, when ids rotate: enrolled for this.")
]
AtOption = Annotated[str, typer.Option("--at", help="Where it stands: X,Y in metres.")]
ZoneOption = Annotated[str, typer.Option("--zone", help="The zone it stands in; with or for --at.")]
SecondsOption = Annotated[int, typer.Option("--seconds", help="How long it stands there.")]


@survey.command()
def record(
    identity: IdentityArgument = "",
    *,
    at: AtOption = "",
    zone: ZoneOption = "",
    seconds: SecondsOption = 30,
    shopper: ShopperOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Mark one point while the server runs: stand there until this command ends."""
    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415 - --help stays light

    set_up_log(quiet=True)
    if bool(identity) == bool(shopper):
        raise ConfigError(
            "must say what to follow: IDENTITY, or --shopper NAME for ids that rotate; not both"
        )
    with open_store(settings_of(config)) as store:
        follow(store, identity, shopper=shopper, at=at, zone=zone, seconds=seconds)


@survey.command(name="import")
def import_(file: Path, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Take in a survey from JSON lines; the same file twice changes nothing."""
    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415 - --help stays light
    from store_server.flows.keep_survey import take_survey  # noqa: PLC0415
    from store_server.presence.survey import read_lines  # noqa: PLC0415
    from store_server.writer import Priority  # noqa: PLC0415

    set_up_log()
    try:
        lines, set_aside = read_lines(file.read_bytes().splitlines(), source=str(file))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror})") from None
    with open_store(settings_of(config)) as store:
        for start in range(0, len(lines), CHUNK_ROWS):
            chunk = lines[start : start + CHUNK_ROWS]
            store.writer.submit(Priority.APP, take_survey, lines=chunk).result()
    print(f"readings: {len(lines)}, set aside: {set_aside}")


@survey.command()
def fit(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Fit the map, and say how well points that were left out are found."""
    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415 - --help stays light

    set_up_log()
    with open_store(settings_of(config)) as store:
        fitted = _fitted(store)
    if as_json:
        print_json({"lines": fitted.lines})
        return
    print("\n".join(fitted.lines))
    print("a running server goes by it when the survey has rested for 20 s; no restart")


@survey.command()
def show(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Coverage, the expected error of each zone, and where another gateway would help."""
    import numpy as np  # noqa: PLC0415 - --help stays light

    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415
    from store_server.presence.site import site_of  # noqa: PLC0415
    from store_server.presence.site_check import check_site  # noqa: PLC0415

    set_up_log()
    with open_store(settings_of(config)) as store:
        plan = store.rooms.live.plan
        found = _survey(store)
        site = site_of(plan) if found is None else _fitted(store).site
    check = check_site(site.space, site.radio, rng=np.random.default_rng(1))
    if as_json:
        zones = [zone._asdict() for zone in check.zones]
        best = check.suggestion._asdict() if check.suggestion else None
        print_json(
            {"surveyed": found is not None, "heard": check.heard, "zones": zones}
            | {"suggestion": best}
        )
        return
    print("by a survey" if found is not None else "by gateway positions alone; no survey yet")
    print(f"heard by 3 gateways or more: {check.heard:.0%} of the floor")
    for zone in check.zones:
        print(
            f"{zone.zone}: heard {zone.heard:.0%}, expected error {zone.error_m:.1f} m, "
            f"zone right {zone.right:.0%} (one look)"
        )
    if check.suggestion:
        x, y, before, after = check.suggestion
        print(
            f"one more gateway would help most at {x:.1f},{y:.1f}: "
            f"bound on the error {before:.1f} m -> {after:.1f} m"
        )
    else:
        print("one more gateway would not help by 3 %")


@survey.command()
def clear(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Delete the survey and its marks; positions then follow from gateway places alone."""
    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415 - --help stays light
    from store_server.flows.keep_survey import clear_survey  # noqa: PLC0415
    from store_server.writer import Priority  # noqa: PLC0415

    set_up_log()
    with open_store(settings_of(config)) as store:
        count = store.writer.submit(Priority.APP, clear_survey).result()
    print(f"deleted readings: {count}")


def _survey(store: "OpenStore") -> "Survey | None":
    from store_server.flows.keep_survey import show_survey_readings  # noqa: PLC0415
    from store_server.presence.survey import survey_of  # noqa: PLC0415 - --help stays light

    lines = store.reader.read(show_survey_readings)
    return survey_of(lines) if lines else None


def _fitted(store: "OpenStore") -> "SurveyedSite":
    from store_server.presence.surveyed_site import surveyed_plan  # noqa: PLC0415

    found = _survey(store)
    if found is None:
        raise ConfigError("no survey yet; `store-server survey record` or `survey import FILE`")
    return surveyed_plan(store.rooms.live.plan, found)
