"""The agent as a real process, fed through its socket."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.edge_agent.brokers import wait_until
from tests.edge_agent.builders import eid_ad


class AgentProcess:
    """One `edge-agent run`; everything it writes to stderr is in `log`."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._log = config.parent / "agent.log"
        self._socket = config.parent / "feed.sock"
        self._process: subprocess.Popen[bytes] | None = None
        self._feed = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "edge_agent", "run", "--config", str(self._config)],
                stderr=log,
            )
        wait_until(self._connected, "the agent has bound its feed")

    @property
    def config(self) -> Path:
        return self._config

    def connect(self) -> None:
        """Find the feed of an agent that has started anew by itself."""
        wait_until(self._connected, "the agent has bound its feed again")

    def send(self, document: object) -> None:
        self._feed.send(json.dumps(document).encode())

    def send_raw(self, payload: bytes) -> None:
        self._feed.send(payload)

    def hear(self, at_ms: int, *eids: str, rssi_dbm: int = -60) -> None:
        adverts = [[at_ms, "C0:00:00:00:00:01", eid_ad(eid).hex(), rssi_dbm] for eid in eids]
        self.send({"adverts": adverts})

    def tick(self, at_ms: int) -> None:
        self.send({"tick_at_ms": at_ms})

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def terminate(self) -> int:
        """Exit code after SIGTERM."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=10)

    def close(self) -> None:
        self._feed.close()
        if self.running:
            self.kill()

    def _connected(self) -> bool:
        assert self.running, f"the agent has ended: {self.log}"
        try:
            self._feed.connect(str(self._socket))
        except OSError:
            return False
        return True
