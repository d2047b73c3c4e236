"""A console whose store is played by the real programs: simulator, gateways, broker, server."""

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

OPEN = "the store is open"
READY_WITHIN_S = 180.0
STOPS_WITHIN_S = 120.0


@dataclass(frozen=True, slots=True)
class RealStore:
    """Where its console is, and the one-time link to it."""

    link: str

    @property
    def url(self) -> str:
        """The console's address."""
        return self.link.partition("/login/")[0]


@contextmanager
def a_real_store(folder: Path, scenario: Path, *, speed: int = 10) -> Iterator[RealStore]:
    """`firmware-sim run` until the end of the block; its text is in `folder`/run.txt."""
    command = [sys.executable, "-m", "firmware_sim", "run", str(scenario)]
    told = folder / "run.txt"
    with told.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--speed", str(speed), "--seconds", "3600", "--folder", str(folder)],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_open(process, told)
        link = re.search(r"console: (\S+)", told.read_text())
        assert link, told.read_text()
        yield RealStore(link[1])
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_open(process: subprocess.Popen[bytes], told: Path) -> None:
    tick = threading.Event()
    for _ in range(round(READY_WITHIN_S / 0.2)):
        if OPEN in told.read_text():
            return
        assert process.poll() is None, told.read_text()
        tick.wait(0.2)
    raise AssertionError(f"the store did not open in {READY_WITHIN_S:.0f} s: {told.read_text()}")
