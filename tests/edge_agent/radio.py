"""A gateway with a radio as real processes: D-Bus daemon, fake BlueZ, `edge-agent run`."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from firmware_sim.bluez import FakeBluez, PrivateBus
from firmware_sim.errors import OutletError
from tests.edge_agent.brokers import wait_until
from tests.edge_agent.builders import eid_ad


class RadioGateway:
    """One gateway; everything its agent writes to stderr is in `log`."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int,
        source: str = "",
        health_s: float = 0.2,
        adapters: tuple[str, ...] = ("hci0",),
        environ: Mapping[str, str] | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._config = folder / "edge.toml"
        self._config.write_text(
            '[gateway]\norg = "acme"\nstore = "s1"\ngateway = "gw-1"\n'
            f'[source]\nkind = "bluez"\n{source}\n[spool]\npath = "edge.spool"\n'
            f'[mqtt]\nhost = "127.0.0.1"\nport = {port}\n[health]\ninterval_s = {health_s}\n'
        )
        self.bus = PrivateBus(folder)
        self.bus.start()
        self.bluez = FakeBluez(self.bus.address, *adapters)
        self._adapters = adapters
        self._environ = dict(environ or {})
        self.bluez.connect()
        self._process: subprocess.Popen[bytes] | None = None
        self._air: threading.Thread | None = None
        self._quiet = threading.Event()

    @property
    def log(self) -> str:
        return (self._folder / "agent.log").read_text()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the agent; it scans when this returns."""
        with (self._folder / "agent.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "edge_agent", "run", "--config", str(self._config)],
                stderr=log,
                env={**os.environ, **self._environ, "DBUS_SYSTEM_BUS_ADDRESS": self.bus.address},
            )
        wait_until(self.scans, "the agent scans")

    def scans(self) -> bool:
        """Whether somebody scans on each adapter."""
        assert self._process is None or self._process.poll() is None, self.log
        try:
            return all(self.bluez.adapter(one).scanning is not None for one in self._adapters)
        except KeyError:
            return False

    def fill_the_air(self, *eids: str) -> None:
        """From now on these tags are on the air, a hundred adverts a second in all."""

        def send() -> None:
            number = 0
            while not self._quiet.wait(0.01):
                number += 1
                which = number % len(eids)
                rssi_dbm = -50 - 10 * (number // len(eids) % 2)
                address = f"C0:00:00:00:00:{which:02X}"
                self.bluez.hear(address, eid_ad(eids[which]), rssi_dbm)

        self._air = threading.Thread(target=send)
        self._air.start()

    def restart_bus(self) -> None:
        """Kill the D-Bus daemon; it and bluetoothd come back at the same address."""
        self.bus.kill()
        self.bus.start()
        try_again(self.bluez.connect)

    def terminate(self) -> int:
        """Exit code after SIGTERM."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=15)

    def close(self) -> None:
        self._quiet.set()
        if self._air is not None:
            self._air.join()
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self.bluez.close()
        self.bus.kill()


def try_again(action: Callable[[], None]) -> None:
    """Until it does not raise OutletError."""

    def done() -> bool:
        try:
            action()
        except OutletError:
            return False
        return True

    wait_until(done, "the bus takes connections")
