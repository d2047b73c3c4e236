"""`store-server replay-presence`: a recording through the presence engine, line by line."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from store_server.errors import ConfigError

if TYPE_CHECKING:
    from store_server.presence.replay import Replay
    from store_server.presence.site import Site
    from store_server.presence.site_document import SitePlan

# More would hide the first ones, which tell what is wrong with the file.
MOST_NAMED = 20

SiteOption = Annotated[Path, typer.Option("--site", help="Gateways and zones in JSON.")]
CalibrationOption = Annotated[
    Path | None, typer.Option("--calibration", help="A survey in JSON lines; none by default.")
]


def replay_presence(site: SiteOption, calibration: CalibrationOption = None) -> None:
    """Sightings and ticks in JSON lines on stdin; estimates and zone events on stdout."""
    from store_server.ids import scope  # noqa: PLC0415 - --help stays light
    from store_server.presence.bayes_filter import BayesFilter  # noqa: PLC0415
    from store_server.presence.replay import Replay  # noqa: PLC0415
    from store_server.presence.site_document import read_site  # noqa: PLC0415
    from store_server.presence.tuning import FilterTuning  # noqa: PLC0415

    document = read_site(_bytes_of(site), source=str(site))
    tuning = FilterTuning()
    engine = BayesFilter(
        _site_of(document, calibration), scope=scope("replay", "replay"), tuning=tuning
    )
    gateways = frozenset(gateway.id for gateway in document.plan.gateways)
    replay = Replay(engine, gateways=gateways, reorder_s=tuning.reorder_s)
    bad = _run(replay, sys.stdin.buffer)
    if bad:
        print(f"store-server: {bad} lines could not be read", file=sys.stderr)
    if replay.unknown_gateways:
        print(
            f"store-server: {replay.unknown_gateways} sightings of gateways that {site} lacks",
            file=sys.stderr,
        )


def _site_of(document: "SitePlan", calibration: Path | None) -> "Site":
    from store_server.presence.site_document import site_from  # noqa: PLC0415 - --help stays light
    from store_server.presence.survey import read_survey  # noqa: PLC0415
    from store_server.presence.surveyed_site import surveyed_site  # noqa: PLC0415

    if calibration is None:
        return site_from(document)
    survey = read_survey(_bytes_of(calibration).splitlines(), source=str(calibration))
    fitted = surveyed_site(document, survey, source=str(calibration))
    for line in fitted.lines:
        print(f"store-server: {line}", file=sys.stderr)
    return fitted.site


def _run(replay: "Replay", lines: BinaryIO) -> int:
    """Answer every line; how many could not be read. Each answer goes out with its line."""
    import msgspec  # noqa: PLC0415 - --help stays light

    from store_server.presence.replay import BadLine, read_line  # noqa: PLC0415

    encode = msgspec.json.Encoder().encode
    bad = 0
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            line = read_line(text)
        except BadLine as error:
            bad += 1
            if bad <= MOST_NAMED:
                print(f"store-server: line {number}: {error}", file=sys.stderr)
            continue
        for answer in replay.take(line):
            sys.stdout.buffer.write(encode(answer) + b"\n")
        if line.tick:
            sys.stdout.buffer.flush()
    return bad


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
