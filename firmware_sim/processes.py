"""The programs that a run starts: unchanged children, each with a log file, stopped in order.

Children get a session of their own, so that Ctrl-C reaches only the simulator, which then stops
feeding, lets the store catch up and sends SIGTERM.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import structlog

from firmware_sim.errors import ChildFailed

log = structlog.get_logger(__name__)

TAIL_LINES = 15
STOP_WITHIN_S = 15.0


class Child:
    """One program under our care."""

    def __init__(
        self,
        name: str,
        module: str,
        *arguments: str,
        log_path: Path,
        bus_address: str | None = None,
    ) -> None:
        """Start it; `bus_address` is the D-Bus that it is to take for the system's."""
        self.name = name
        self.log_path = log_path
        log_path.parent.mkdir(parents=True, exist_ok=True)
        with log_path.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_plain_environment(bus_address),
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the child has not ended."""
        return self._process.poll() is None

    def require_running(self) -> None:
        """Raises ChildFailed with the end of the log when the child has ended."""
        code = self._process.poll()
        if code is not None:
            raise ChildFailed(f"{self.name} ended with exit code {code}\n{self.tail()}")

    def require_success(self) -> None:
        """Raises ChildFailed when the child has ended with another code than 0."""
        if self._process.poll():
            self.require_running()

    def tail(self) -> str:
        """The last lines of the child's log, and where the rest is."""
        try:
            lines = self.log_path.read_text(errors="replace").splitlines()
        except OSError:
            lines = []
        shown = "\n".join(f"    {line}" for line in lines[-TAIL_LINES:])
        return f"  last lines of {self.log_path} (the rest is there):\n{shown}"

    def ask_to_stop(self) -> None:
        """Send SIGTERM and do not wait."""
        if self.running:
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a pulled plug would: no signal that it could act on."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> bool:
        """Ask the child to end; kill it after STOP_WITHIN_S. True: it ended of its own."""
        self.ask_to_stop()
        try:
            self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            log.warning("child did not stop and is killed", child=self.name)
            self._process.kill()
            self._process.wait()
            return False
        return True


def run_once(module: str, *arguments: str, log_path: Path, within_s: float = 120.0) -> None:
    """Run a program to its end.

    Raises:
        ChildFailed: it ended with another code than 0, or took too long.
    """
    child = Child(f"{module} {arguments[0]}", module, *arguments, log_path=log_path)
    deadline = time.monotonic() + within_s
    while child.running:
        if time.monotonic() > deadline:
            child.stop()
            raise ChildFailed(f"{child.name} took more than {within_s:.0f} s\n{child.tail()}")
        time.sleep(0.02)
    child.require_success()


def wait_for(
    what: str, ready: Callable[[], bool], *, children: Sequence[Child], within_s: float
) -> None:
    """Wait until `ready`, as long as all children live.

    Raises:
        ChildFailed: a child ended, or the time is over; the text ends with the log.
    """
    deadline = time.monotonic() + within_s
    while not ready():
        for child in children:
            child.require_running()
        if time.monotonic() > deadline:
            tails = "\n".join(child.tail() for child in children)
            raise ChildFailed(f"{what} did not happen within {within_s:.0f} s\n{tails}")
        time.sleep(0.05)


def read_run_file(path: Path) -> Mapping[str, object] | None:
    """What a server wrote when it was ready; None while there is nothing whole to read."""
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def _plain_environment(bus_address: str | None) -> dict[str, str]:
    """Our environment without settings of a store that somebody has exported for another run."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BEACONRY_")}
    return plain if bus_address is None else {**plain, "DBUS_SYSTEM_BUS_ADDRESS": bus_address}
