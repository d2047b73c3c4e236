"""firmware-sim record, score and beacon: what needs no other program of ours.

Heavy modules are imported inside the commands, so that --help stays quick.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from firmware_sim.firmware.configuration import Configuration, FrameKind
from firmware_sim.firmware.power_cell import CellKind
from firmware_sim.guarded import guarded

SOME_IDENTITY = {
    FrameKind.IBEACON: "5b1d7c9e-2f0a-4d3b-8c66-0e9a71c4b2d0:1:1",
    FrameKind.UID: "0f1e2d3c4b5a69788776" + "000000000001",
    FrameKind.EID: "000102030405060708090a0b0c0d0e0f",
}

Days = Annotated[int, typer.Option(min=0, help="Print one line a day instead of adverts.")]
Feed = Annotated[Path | None, typer.Option(help="Send to this feed socket, in real time.")]
Identity = Annotated[
    str, typer.Option(help="uuid:major:minor, or 32 hex digits: UID, or identity key of EID.")
]


def record(
    scenario: Annotated[Path, typer.Argument(help="A file like configs/scenarios/demo.toml.")],
    *,
    out: Annotated[Path, typer.Option(help="The folder for logs, truth and sightings.")],
    seconds: Annotated[float | None, typer.Option(help="Wall seconds of a run.")] = None,
    speed: Annotated[float | None, typer.Option(help="Simulated seconds a wall second.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed, the same bytes.")] = None,
) -> None:
    """Write events, truth and sightings of a scenario, without any other program."""
    from firmware_sim.cast import cast_shoppers, plain_profiles  # noqa: PLC0415
    from firmware_sim.journal import Journal  # noqa: PLC0415
    from firmware_sim.run_record import ReplayLog, write_about  # noqa: PLC0415
    from firmware_sim.scenario import load_scenario, with_pace  # noqa: PLC0415
    from firmware_sim.world import World  # noqa: PLC0415

    def go() -> None:
        chosen = with_pace(load_scenario(scenario), seconds=seconds, speed=speed, seed=seed)
        profiles = plain_profiles(chosen.people.shoppers)
        shoppers = cast_shoppers(chosen.people, profiles=profiles, seed=chosen.seed)
        world, heard = World(chosen, shoppers), 0
        write_about(out, chosen, shoppers)
        with Journal(out) as journal, ReplayLog(out, chosen.floor) as replay:
            for _ in range(chosen.simulated_s):
                tick = world.step()
                heard += tick.adverts_heard
                journal.tick(tick)
                replay.tick(tick, world.owners)
        typer.echo(f"simulated_s: {chosen.simulated_s}\nadverts_heard: {heard}")

    guarded(go)


def score(
    folder: Annotated[Path, typer.Argument(help="A run's folder, or one that `record` made.")],
    observed: Annotated[
        Path | None, typer.Argument(help="Answers of replay-presence (.jsonl); else the store's.")
    ] = None,
    *,
    tolerance_s: Annotated[
        float, typer.Option(help="How late an event may be to count as right, seconds.")
    ] = 10.0,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object instead of tables.")
    ] = False,
) -> None:
    """Score zones, events, visits and occupancy against the truth, by kind of device."""
    from firmware_sim.score_command import as_json, as_table, score_folder  # noqa: PLC0415

    def go() -> None:
        figures = score_folder(folder, observed, tolerance_s=tolerance_s)
        typer.echo(as_json(figures) if json else as_table(figures))

    guarded(go)


def beacon(
    frame: Annotated[FrameKind, typer.Argument(help="What the device says.")],
    *,
    identity: Identity = "",
    interval_ms: Annotated[int, typer.Option(help="Advertising interval.")] = 1_000,
    tx_power_dbm: Annotated[int, typer.Option(help="Transmit power.")] = 0,
    telemetry_every: Annotated[
        int | None, typer.Option(help="Each how many-th advert is telemetry; 0: never.")
    ] = None,
    exponent: Annotated[int, typer.Option(help="An EID lasts 2^exponent seconds.")] = 10,
    cell: Annotated[CellKind, typer.Option(help="The battery.")] = CellKind.CR2032,
    used_mah: Annotated[float, typer.Option(help="What is already gone of it.")] = 0.0,
    temperature_c: Annotated[float, typer.Option(help="Mean of the day.")] = 21.0,
    swing_c: Annotated[float, typer.Option(help="Noon minus mean.")] = 0.0,
    seconds: Annotated[float, typer.Option(help="How long it sends.")] = 10.0,
    days: Days = 0,
    feed: Feed = None,
    rssi_dbm: Annotated[int, typer.Option(help="With --feed: how loud it arrives.")] = -60,
    start_at: Annotated[datetime | None, typer.Option(help="UTC; else now.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed and start, the same lines.")] = 1,
) -> None:
    """Run one beacon, tag or fob: adverts as JSON lines, to a feed socket, or day by day."""
    from firmware_sim.beacon_command import Bench, adverts, send  # noqa: PLC0415
    from firmware_sim.beacon_command import days as by_day  # noqa: PLC0415

    def go() -> None:
        import msgspec  # noqa: PLC0415

        every = telemetry_every if telemetry_every is not None else 10
        settings = Configuration(
            frame,
            identity or SOME_IDENTITY[frame],
            interval_ms=interval_ms,
            tx_power_dbm=tx_power_dbm,
            telemetry_every=0 if frame is FrameKind.EID and telemetry_every is None else every,
            exponent=exponent,
            cell=cell,
        )
        start = (start_at or datetime.now(UTC)).replace(tzinfo=UTC)
        bench = Bench(
            settings, round(start.timestamp() * 1000), seed, used_mah, temperature_c, swing_c
        )
        if feed is not None:
            typer.echo(f"sent: {send(bench, feed, seconds=seconds, rssi_dbm=rssi_dbm)}")
            return
        for line in by_day(bench, number=days) if days else adverts(bench, seconds=seconds):
            sys.stdout.write(msgspec.json.encode(line).decode() + "\n")

    guarded(go)
