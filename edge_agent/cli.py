"""The command `edge-agent`: run, check-config, doctor, survey, listen, replay, enrol.

Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 the broker cannot be reached.
Parts that load much (bleak, paho) are imported by the command that needs them, so that `--help`
answers at once on a small machine.
"""

import argparse
import asyncio
import contextlib
import logging
import os
import socket
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from edge_agent.advert import Advert, Tick
from edge_agent.errors import ConfigError, EdgeAgentError, ServerUnreachable, UsageError
from edge_agent.settings import EdgeSettings, load_settings, unreadable_files

DONE, FAILED, USAGE, UNREACHABLE = 0, 1, 2, 3
_REACH_TIMEOUT_S = 5.0
_LOG_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    asked = _parser().parse_args(arguments)
    commands = {
        "run": _run,
        "check-config": _check_config,
        "doctor": _doctor,
        "survey": _survey,
        "listen": _listen,
        "replay": _replay,
        "enrol": _enrol,
    }
    try:
        return commands[asked.command](asked)
    except UsageError as error:
        print(f"edge-agent: {error}", file=sys.stderr)
        return USAGE
    except ServerUnreachable as error:
        print(f"edge-agent: {error}", file=sys.stderr)
        return UNREACHABLE
    except EdgeAgentError as error:
        print(f"edge-agent: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # `edge-agent listen | head`: nobody reads on, and nothing may be flushed at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="edge-agent", description="Hears BLE adverts in a store and tells the store server."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="hear and deliver until SIGTERM")
    check = commands.add_parser("check-config", help="read the settings and say what is wrong")
    check.add_argument("--reach", action="store_true", help="also try to reach the broker")
    check.add_argument("--json", action="store_true", help="print all settings as JSON")
    doctor = commands.add_parser("doctor", help="say what is missing, and what mends it")
    doctor.add_argument("--json", action="store_true", help="print the findings as JSON")
    survey = commands.add_parser("survey", help="measure what is heard here; nothing is delivered")
    survey.add_argument("--seconds", type=float, default=60.0, help="default: %(default)s")
    survey.add_argument("--json", action="store_true", help="print the report as JSON")
    listen = commands.add_parser("listen", help="print what is heard; nothing is delivered")
    listen.add_argument("--json", action="store_true", help="one JSON object a line: a recording")
    listen.add_argument("--seconds", type=float, help="stop after this time")
    enrol = commands.add_parser("enrol", help="come in by a one-time code of the console")
    enrol.add_argument("--server", required=True, metavar="URL", help="the console's address")
    enrol.add_argument(
        "--code", required=True, help="as the console shows it; '-' reads it from the input"
    )
    enrol.add_argument("--ca", type=Path, metavar="FILE", help="authority of an https server")
    for command in (run, check, doctor, survey, listen, enrol):
        command.add_argument(
            "--config",
            type=Path,
            default=Path("configs/edge.toml"),
            metavar="FILE",
            help="settings (default: %(default)s)",
        )
    replay = commands.add_parser("replay", help="read a recording and count its kinds of frames")
    replay.add_argument("file", type=Path, metavar="FILE", help="JSONL, or text of hcidump --raw")
    replay.add_argument("--json", action="store_true", help="print the counts as JSON")
    replay.add_argument("--print", action="store_true", help="print each advert as well")
    return parser


def _settings(asked: argparse.Namespace) -> EdgeSettings:
    settings = load_settings(asked.config, environ=os.environ)
    logging.basicConfig(
        stream=sys.stderr, level=settings.log.level.upper(), format=_LOG_FORMAT, force=True
    )
    return settings


def _run(asked: argparse.Namespace) -> int:
    from edge_agent.bootstrap import run_gateway  # noqa: PLC0415 (see above)
    from edge_agent.sources.burst_loop import new_burst_loop  # noqa: PLC0415

    settings = _settings(asked)
    logging.getLogger(__name__).info(
        "starting: org=%s store=%s gateway=%s source=%s broker=%s:%d",
        settings.gateway.org,
        settings.gateway.store,
        settings.gateway.gateway,
        settings.source.kind,
        settings.mqtt.host,
        settings.mqtt.port,
    )
    loop_factory = new_burst_loop if settings.source.kind == "bluez" else None
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(run_gateway(settings, set_log_level=_set_log_level))
    return DONE


def _set_log_level(level: str) -> None:
    logging.getLogger().setLevel(level.upper())


def _check_config(asked: argparse.Namespace) -> int:
    settings = _settings(asked)
    faults = unreadable_files(settings)
    if faults:
        raise ConfigError(f"{asked.config}: " + "; ".join(faults))
    if asked.json:
        print(msgspec.json.format(msgspec.json.encode(settings)).decode())
    else:
        print(f"{asked.config}: settings are good")
    if not asked.reach:
        return DONE
    try:
        address = (settings.mqtt.host, settings.mqtt.port)
        socket.create_connection(address, timeout=_REACH_TIMEOUT_S).close()
    except OSError as error:
        print(
            f"edge-agent: broker {settings.mqtt.host}:{settings.mqtt.port} cannot be reached: "
            f"{error}; see [mqtt] host and port",
            file=sys.stderr,
        )
        return UNREACHABLE
    return DONE


def _enrol(asked: argparse.Namespace) -> int:
    from edge_agent.enrolment import enrol  # noqa: PLC0415 (see above)

    # Arguments stand in the process list and in the shell's history; the code is void soon anyway.
    if asked.code == "-" and sys.stdin.isatty():
        print("the code, as the console shows it: ", end="", file=sys.stderr, flush=True)
    code = sys.stdin.readline() if asked.code == "-" else asked.code
    record = enrol(asked.server, code=code, config=asked.config, ca_file=asked.ca)
    print(f"enrolled as {record.user}, key {record.key_id}; settings are in {asked.config}")
    print("next: sudo systemctl enable --now beaconry-edge (where it runs already: restart it)")
    print(f"then: sudo edge-agent doctor --config {asked.config}")
    return DONE


def _doctor(asked: argparse.Namespace) -> int:
    from edge_agent.doctor import (  # noqa: PLC0415
        broker_findings,
        clock_finding,
        radio_findings,
        spool_findings,
    )

    settings = _settings(asked)
    logging.disable(logging.WARNING)
    findings = [
        *asyncio.run(radio_findings(settings)),
        clock_finding(),
        *spool_findings(settings),
        *broker_findings(settings),
    ]
    if asked.json:
        print(msgspec.json.encode([one._asdict() for one in findings]).decode())
    else:
        for finding in findings:
            print(finding)
    return FAILED if any(one.standing == "FAIL" for one in findings) else DONE


def _survey(asked: argparse.Namespace) -> int:
    import time  # noqa: PLC0415

    from edge_agent.survey import Survey, survey_text  # noqa: PLC0415

    settings, survey, began_s = _settings(asked), Survey(), time.monotonic()
    with contextlib.suppress(TimeoutError, KeyboardInterrupt):
        asyncio.run(asyncio.wait_for(_hear(settings, survey.take), asked.seconds))
    report = survey.report(time.monotonic() - began_s)
    print(msgspec.json.encode(report).decode() if asked.json else survey_text(report))
    return DONE if report.adverts else FAILED


def _listen(asked: argparse.Namespace) -> int:
    from edge_agent.listening import advert_json, advert_line  # noqa: PLC0415

    show = advert_json if asked.json else advert_line

    def print_all(adverts: list[Advert]) -> None:
        for advert in adverts:
            print(show(advert), flush=True)

    settings = _settings(asked)
    with contextlib.suppress(TimeoutError, KeyboardInterrupt):
        asyncio.run(asyncio.wait_for(_hear(settings, print_all), asked.seconds))
    return DONE


async def _hear(settings: EdgeSettings, take: Callable[[list[Advert]], None]) -> None:
    """Give `take` what the source hears, until it ends."""
    import random  # noqa: PLC0415

    from edge_agent.bootstrap import build_clock, build_source  # noqa: PLC0415

    clock = build_clock(settings.source)
    rng = random.Random()  # noqa: S311 (jitter of retries, not a secret)
    source = build_source(settings.source, clock=clock, rng=rng)
    async for burst in source.bursts():
        if not isinstance(burst, Tick):
            take([Advert(*heard) for heard in burst])


def _replay(asked: argparse.Namespace) -> int:
    from edge_agent.listening import advert_line, count_kinds  # noqa: PLC0415
    from edge_agent.recording import read_recording  # noqa: PLC0415

    faults: Counter[str] = Counter()
    try:
        with asked.file.open(encoding="utf-8", errors="replace") as lines:
            adverts = list(read_recording(lines, faults=faults))
    except OSError as error:
        print(f"edge-agent: {asked.file} cannot be read: {error.strerror}", file=sys.stderr)
        return FAILED
    if asked.print:
        for advert in adverts:
            print(advert_line(advert))
    if not adverts:
        print(
            f"edge-agent: {asked.file} holds no advert; must be JSONL as "
            "`edge-agent listen --json` prints it, or text of `hcidump --raw`",
            file=sys.stderr,
        )
    kinds, addresses = count_kinds(adverts)
    counts = {
        "adverts": len(adverts),
        "addresses": addresses,
        "not_understood": faults.total(),
        "kinds": dict(kinds.most_common()),
    }
    if asked.json:
        print(msgspec.json.encode(counts).decode())
    else:
        _print_counts(counts["adverts"], addresses, kinds, faults)
    return FAILED if faults or not adverts else DONE


def _print_counts(
    adverts: object, addresses: int, kinds: Counter[str], faults: Counter[str]
) -> None:
    print(f"adverts: {adverts}")
    print(f"addresses: {addresses}")
    for kind, count in kinds.most_common():
        print(f"  {kind}: {count}")
    print(f"not understood: {faults.total()}")
    for fault, count in faults.items():
        print(f"  {fault}: {count}")
