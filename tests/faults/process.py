"""Real child processes, and waiting for what they do: a condition with a deadline."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def until(condition: Callable[[], Any], *, within_s: float = 60.0, what: str) -> Any:
    """The first true answer of `condition`, or a failure that says what was waited for."""
    deadline = time.monotonic() + within_s
    while True:
        if answer := condition():
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {within_s:.0f} s in vain until {what}")
        time.sleep(0.05)


class Process:
    """One child with its log; killed for good at the end of the test."""

    def __init__(self, name: str, argv: list[str], *, folder: Path) -> None:
        self.name = name
        self._argv = argv
        self._log = folder / f"{name}.log"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(self._argv, stdout=log, stderr=log)

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def kill(self) -> None:
        """The hard way: no goodbye, no flush."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """The polite way; the exit code."""
        return self._end(signal.SIGTERM)

    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _end(self, sign: signal.Signals) -> int:
        if self._child is None:
            return 0
        if self._child.poll() is None:
            self._child.send_signal(sign)
        return self._child.wait(30)
