"""What a pull over HTTP costs the server, against the sum of what it cannot do without.

The real `store-server serve` is pinned to one core and asked by wrk on another, many connections
at once. Its CPU time for each answer (/proc/PID/stat) is held against three references of the
same run, on the same core: a bare Starlette + msgspec route under the same load; `decide()` in
process on what the server's own decisions were asked with; one decision row committed through the
writer, as many at once as there are connections. Then once more under load the server is killed
(kill -9), and every decision that an app was told must be in the database.

Bar: CPU for each answer <= 1.3 x the sum. Needs wrk (bash requirements/system_packages.sh wrk).

Run: python -m benchmarks.pull_http [--seconds 10] [--connections 64]
"""

import argparse
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.pull_parts import decide_us, logged, row_us
from benchmarks.pull_shop import SHOPPERS, Load, load, seed
from benchmarks.till import cpu_s
from store_server.bootstrap.collect_seldom import collect_seldom
from store_server.bootstrap.open_store import open_store
from store_server.settings import Settings, load_settings
from tests.faults.process import Process, until
from tests.faults.seed import SYSTEM_CLOCK, write_store_config
from tests.faults.state_template import BIN, make_template

BAR = 1.3
PATH = "/v1/app/decisions"
SERVER_CORE, LOAD_CORE = 0, 1


def bare_route_us(tokens: Path, *, seconds: int, connections: int) -> float:
    """CPU of a bare route for each answer, under the same load."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        argv = [sys.executable, "-m", "benchmarks.pull_reference", str(listener.fileno())]
        server = subprocess.Popen(
            ["taskset", "-c", str(SERVER_CORE), *argv], pass_fds=[listener.fileno()]
        )
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            ask(url, tokens, run="warm", seconds=1, connections=connections)
            began = cpu_s(server.pid)
            found = ask(url, tokens, run="bare", seconds=seconds, connections=connections)
            return (cpu_s(server.pid) - began) * 1e6 / found.answered
        finally:
            server.kill()
            server.wait()


def ask(
    url: str,
    tokens: Path,
    *,
    run: str,
    seconds: int,
    connections: int,
    answers: Path | None = None,
) -> Load:
    """One load by wrk."""
    return load(
        url,
        PATH,
        tokens=tokens,
        run=run,
        seconds=seconds,
        connections=connections,
        core=LOAD_CORE,
        answers=answers,
    )


class Server:
    """The store server on its core."""

    def __init__(self, folder: Path, config: Path) -> None:
        argv = [str(BIN / "store-server"), "serve", "--config", str(config)]
        self._process = Process(
            "store-server", ["taskset", "-c", str(SERVER_CORE), *argv], folder=folder
        )
        self._run = folder / "state/run.json"
        self.url, self.pid = "", 0

    def start(self) -> None:
        """Until it says where it listens."""
        self._run.unlink(missing_ok=True)
        self._process.start()
        until(self._run.exists, within_s=120, what=f"the server is up: {self._process.log()}")
        found = json.loads(self._run.read_text())
        self.url, self.pid = found["http_url"], found["pid"]

    def stop(self) -> None:
        """Politely."""
        self._process.stop()

    def kill(self) -> None:
        """No goodbye, no flush."""
        self._process.kill()


def decisions_in(folder: Path) -> int:
    """How many pulls are answered in the table."""
    with sqlite3.connect(folder / "state/store.sqlite") as database:
        return int(database.execute("SELECT count(*) FROM pull_answer").fetchone()[0])


def on_core(core: int, work: Callable[[], float]) -> float:
    """`work` with this whole process pinned to a core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        return work()
    finally:
        os.sched_setaffinity(0, before)


def measure(folder: Path, server: Server, tokens: Path, *, chosen: argparse.Namespace) -> float:
    """CPU of the server for each answer, in microseconds; prints what wrk saw."""
    ask(server.url, tokens, run="warm", seconds=2, connections=chosen.connections)
    time.sleep(1.0)
    before, began = decisions_in(folder), cpu_s(server.pid)
    found = ask(
        server.url, tokens, run="load", seconds=chosen.seconds, connections=chosen.connections
    )
    cost_us = (cpu_s(server.pid) - began) * 1e6 / found.answered
    time.sleep(1.0)
    added = decisions_in(folder) - before
    print(
        f"pull: {found.answered} answers in {found.s:.1f} s ({found.answered / found.s:.0f}/s), "
        f"{found.refused} refused, {found.broken} broken, p50 {found.p50_ms:.1f} ms, "
        f"p99 {found.p99_ms:.1f} ms, {chosen.connections} connections"
    )
    print(
        f"in the table: {added} answered pulls, {added - found.answered} more than wrk was told "
        f"(at most {chosen.connections} were on their way when it hung up)"
    )
    return cost_us


def kill_in_load(folder: Path, server: Server, tokens: Path, *, connections: int) -> bool:
    """Whether every decision that was told is in the database after a kill -9 in mid-load."""
    answers = folder / "answers.txt"
    answers.touch()
    killer = threading.Timer(3.0, server.kill)
    killer.start()
    found = ask(server.url, tokens, run="kill", seconds=5, connections=connections, answers=answers)
    killer.join()
    told = set(answers.read_text().split())
    with sqlite3.connect(folder / "state/store.sqlite") as database:
        kept = {name for (name,) in database.execute("SELECT id FROM decision")}
    lost = len(told - kept)
    print(
        f"kill -9 under load: {len(told)} decisions told before it, {found.broken} connections "
        f"broke, {lost} of them not in the database: {'MET' if told and not lost else 'MISSED'}"
    )
    return bool(told) and not lost


def report(cost_us: float, parts: dict[str, float]) -> bool:
    """Print the ratio; whether the bar is met."""
    total = sum(parts.values())
    for name, part in parts.items():
        print(f"reference, {name}: {part:.0f} us of CPU")
    met = cost_us <= BAR * total
    print(
        f"server CPU for each answer: {cost_us:.0f} us = {cost_us / total:.2f} x the sum of "
        f"{total:.0f} us (bar {BAR}): {'MET' if met else 'MISSED'}"
    )
    return met


def run(chosen: argparse.Namespace, folder: Path) -> bool:
    """All of it; whether both bars are met."""
    make_template(folder)
    config = write_store_config(folder, broker_port=0, clock=SYSTEM_CLOCK)
    settings: Settings = load_settings(config, environ={})
    tokens = folder / "tokens.txt"
    with open_store(settings) as store:
        tokens.write_text("\n".join(seed(store, shoppers=SHOPPERS)) + "\n")
    bare = bare_route_us(
        tokens, seconds=max(3, chosen.seconds // 2), connections=chosen.connections
    )
    server = Server(folder, config)
    server.start()
    cost_us = measure(folder, server, tokens, chosen=chosen)
    survived = kill_in_load(folder, server, tokens, connections=chosen.connections)
    with open_store(settings) as store:
        sample = logged(store)
        outcomes = sorted({str(one.outcome) for one, _ in sample})
        shares = ", ".join(
            f"{name} {sum(one.outcome == name for one, _ in sample) / len(sample):.0%}"
            for name in outcomes
        )
        print(f"what was decided: {shares}")
        collect_seldom()  # as the server does
        parts = {
            "a bare Starlette + msgspec route": bare,
            "decide() in process": on_core(SERVER_CORE, lambda: decide_us(store, sample)),
            "one decision row through the writer": on_core(
                SERVER_CORE, lambda: row_us(store, sample, connections=chosen.connections)
            ),
        }
    return report(cost_us, parts) and survived


def main() -> None:
    """Measure and print; ends with 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=64)
    chosen = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: bash requirements/system_packages.sh wrk")
    with tempfile.TemporaryDirectory() as name:
        if not run(chosen, Path(name)):
            sys.exit(1)


if __name__ == "__main__":
    main()
