"""`store-server import-plan` and `check-plan`: floor plans from drawings and pictures."""

from dataclasses import replace
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
from store_server.errors import ConfigError

if TYPE_CHECKING:
    from store_server.shop.drawn_plan import DrawnPlan
    from store_server.shop.floor_plan import FloorPlan
    from store_server.shop.store_profile import Store

    Known = tuple[Store, FloorPlan]

MOST_BYTES = 64 * 1024 * 1024
FileArgument = Annotated[
    Path, typer.Argument(help="IMDF (.zip), GeoJSON (.geojson, .json), or a picture (.png, .jpg).")
]
PlanArgument = Annotated[
    Path | None, typer.Argument(help="A seed file (.toml); without one, the plan that is loaded.")
]
LevelOption = Annotated[
    str | None, typer.Option("--level", help="IMDF: id, short name, name or ordinal of the level.")
]
ZonesOption = Annotated[
    str, typer.Option("--zones", help="IMDF: which features become zones: unit or section.")
]
TurnOption = Annotated[
    float, typer.Option("--turn", help="IMDF: turn the drawing clockwise by so many degrees.")
]
BaseOption = Annotated[
    Path | None,
    typer.Option("--base", help="Seed file with [store] and gateways; else the plan loaded."),
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Write a seed file instead of loading the plan.")
]
CheckOption = Annotated[bool, typer.Option("--check", help="Only say what is wrong with it.")]
ScaleOption = Annotated[
    str | None,
    typer.Option("--scale", help="Picture: X1,Y1,X2,Y2,METRES, two points of it in pixels."),
]
PixelOption = Annotated[
    float | None, typer.Option("--metres-per-pixel", help="Picture: its scale, instead of --scale.")
]
CornerOption = Annotated[
    str, typer.Option("--corner", help="Picture: X,Y in metres of its lower left corner.")
]


def import_plan(
    file: FileArgument,
    *,
    level: LevelOption = None,
    zones: ZonesOption = "unit",
    turn: TurnOption = 0.0,
    base: BaseOption = None,
    out: OutOption = None,
    check: CheckOption = False,
    scale: ScaleOption = None,
    metres_per_pixel: PixelOption = None,
    corner: CornerOption = "0,0",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Take a floor plan from a drawing, or put a picture under the one there is."""
    from store_server.shop.drawn_plan import put_on  # noqa: PLC0415 - --help stays light

    set_up_log()
    content = _content(file)
    known = _known(base, config)
    if file.suffix.lower() in (".png", ".jpg", ".jpeg"):
        per_pixel = _scale(scale, metres_per_pixel)
        _put_picture(file, content, known, config=config, scale=per_pixel, corner=corner)
        return
    drawn = _drawn(file, content, level=level, zones=zones, turn=turn)
    store, plan = known[0], put_on(known[1], drawn)
    for note in drawn.notes:
        print(f"note: {note}")
    print(
        f"{len(plan.zones)} zones, {len(plan.walls)} walls and shelves, "
        f"{plan.width_m:g} x {plan.height_m:g} m"
    )
    faults = _say(plan)
    if faults:
        raise ConfigError(f"{file}: {faults} faults; correct them in the drawing, or in --out FILE")
    if not check:
        _keep(store, plan, out=out, config=config, where=str(file))


def check_plan(
    file: PlanArgument = None, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False
) -> None:
    """Say what is wrong with a plan, and what would make positions better."""
    from store_server.shop.plan_checks import check_plan as check  # noqa: PLC0415

    set_up_log()
    _, plan = _known(file, config)
    if as_json:
        print_json([{"severity": f.severity, "code": f.code, "text": f.text} for f in check(plan)])
        return
    if _say(plan) == 0 and not check(plan):
        print(f"nothing to say: {len(plan.zones)} zones, {len(plan.gateways)} gateways")


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ConfigError(f"{file}: is larger than {MOST_BYTES // 2**20} MiB")
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None


def _known(base: Path | None, config: Path) -> "Known":
    """The store and plan of a seed file, or of the database."""
    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415 - --help stays light
    from store_server.documents import read_toml  # noqa: PLC0415
    from store_server.flows.show_plan import show_plan  # noqa: PLC0415
    from store_server.shop.plan_document import read_plan  # noqa: PLC0415
    from store_server.writer import Priority  # noqa: PLC0415

    if base is not None:
        return read_plan(read_toml(base), where=str(base))
    with open_store(settings_of(config)) as opened:
        known = opened.writer.submit(Priority.APP, show_plan).result()
    if known is None:
        raise ConfigError(
            "no plan is loaded, so time zone and currency of the store are not known; give "
            "--base PLAN.toml with a [store] section (docs/seed_files.md)"
        )
    return known


def _drawn(
    file: Path, content: bytes, *, level: str | None, zones: str, turn: float
) -> "DrawnPlan":
    from store_server.documents import read_json  # noqa: PLC0415 - --help stays light
    from store_server.shop.geojson import COLLECTION, read_geojson  # noqa: PLC0415
    from store_server.shop.imdf import ZoneSource, read_imdf  # noqa: PLC0415
    from store_server.shop.imdf_archive import ImdfArchive  # noqa: PLC0415

    if file.suffix.lower() == ".zip":
        sources: dict[str, ZoneSource] = {"unit": "unit", "section": "section"}
        if zones not in sources:
            raise ConfigError(f"--zones is {zones!r}; must be unit or section")
        archive = ImdfArchive(content, where=file.name)
        return read_imdf(archive, level=level, zones_from=sources[zones], turn_deg=turn)
    if file.suffix.lower() not in (".geojson", ".json"):
        raise ConfigError(f"{file}: must be .zip (IMDF), .geojson, .json, .png or .jpg")
    document = read_json(content, where=str(file), expected=COLLECTION)
    return read_geojson(document, where=file.name)


def _say(plan: "FloorPlan") -> int:
    """Print what is to be said of a plan; how many faults."""
    from store_server.shop.plan_checks import check_plan as check  # noqa: PLC0415

    findings = check(plan)
    for finding in findings:
        print(f"{finding.severity}: {finding.text}")
    return sum(finding.severity == "fault" for finding in findings)


def _keep(store: "Store", plan: "FloorPlan", *, out: Path | None, config: Path, where: str) -> None:
    """Load a plan into the database, or write it as a seed file; both only if it reads back."""
    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415 - --help stays light
    from store_server.flows.load_seed import load_plan  # noqa: PLC0415
    from store_server.shop.plan_document import read_plan, write_plan  # noqa: PLC0415
    from store_server.shop.plan_toml import plan_toml  # noqa: PLC0415
    from store_server.writer import Priority  # noqa: PLC0415

    document = write_plan(store, plan)
    read_plan(document, where=where)
    if out is not None:
        out.write_text(plan_toml(document), encoding="utf-8")
        print(f"written: {out}; load it with: store-server seed {out}")
        return
    settings = settings_of(config)
    with open_store(settings) as opened:
        opened.writer.submit(Priority.APP, load_plan, store=store, plan=plan).result()
    print("loaded")
    if (settings.state_dir / "run.json").exists():
        print("note: a server is running; it takes the new plan in at its next start")


def _put_picture(
    file: Path, content: bytes, known: "Known", *, config: Path, scale: float, corner: str
) -> None:
    from store_server.shop.plan_image import read_image  # noqa: PLC0415 - --help stays light

    store, plan = known
    x, y = _numbers(corner, 2, option="--corner")
    image = read_image(content, where=str(file), metres_per_pixel=scale, corner=(x, y))
    folder = settings_of(config).state_dir / "plans"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{image.name}.part"
    part.write_bytes(content)
    part.replace(folder / image.name)
    wide, high = image.width_px * scale, image.height_px * scale
    print(
        f"picture: {wide:.1f} x {high:.1f} m on a floor of {plan.width_m:g} x {plan.height_m:g} m"
    )
    _keep(store, replace(plan, image=image), out=None, config=config, where=str(file))


def _scale(points: str | None, metres_per_pixel: float | None) -> float:
    from store_server.shop.plan_image import scale_of  # noqa: PLC0415 - --help stays light

    if (points is None) == (metres_per_pixel is None):
        raise ConfigError("a picture needs --scale X1,Y1,X2,Y2,METRES or --metres-per-pixel NUMBER")
    if points is None:
        return metres_per_pixel or 0.0
    x1, y1, x2, y2, apart_m = _numbers(points, 5, option="--scale")
    return scale_of((x1, y1), (x2, y2), apart_m=apart_m)


def _numbers(text: str, count: int, *, option: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count:
        raise ConfigError(f"{option} is {text!r}; must be {count} numbers with commas between")
    return numbers
