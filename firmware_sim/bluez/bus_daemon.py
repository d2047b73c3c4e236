"""A D-Bus of our own: one dbus-daemon as a child, on a Unix socket, that may be killed.

Nothing of the machine's own bus is touched: who is to find the fake BlueZ there gets the
address in DBUS_SYSTEM_BUS_ADDRESS.
"""

import contextlib
import shutil
import subprocess
from pathlib import Path
from xml.sax.saxutils import escape

from firmware_sim.errors import ChildFailed

# Source: man 7 unix, sun_path has 108 bytes with its terminating zero.
_LONGEST_PATH_BYTES = 107
_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="false"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
"""


class PrivateBus:
    """One dbus-daemon; `start` it again at the same address after `kill`."""

    def __init__(self, folder: Path, *, name: str = "bus") -> None:
        """Raises ChildFailed when the socket's path would be too long."""
        self._socket = folder.resolve() / f"{name}.sock"
        self._config = folder / f"{name}.conf"
        if len(bytes(self._socket)) > _LONGEST_PATH_BYTES:
            raise ChildFailed(
                f"D-Bus socket {self._socket}: at most {_LONGEST_PATH_BYTES} bytes can be; "
                "use a shorter folder"
            )
        folder.mkdir(parents=True, exist_ok=True)
        self._config.write_text(_CONFIG.format(socket=escape(str(self._socket))))
        self._process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        """What DBUS_SYSTEM_BUS_ADDRESS has to say."""
        return f"unix:path={self._socket}"

    def start(self) -> None:
        """Start the daemon; it takes connections when this returns.

        Raises:
            ChildFailed: there is no dbus-daemon, or it did not come up.
        """
        command = shutil.which("dbus-daemon") or shutil.which("dbus-daemon", path="/usr/bin")
        if command is None:
            raise ChildFailed(
                "dbus-daemon is not installed; install the package dbus-daemon "
                "(`make system-packages` does it)"
            )
        with contextlib.suppress(FileNotFoundError):
            self._socket.unlink()
        self._process = subprocess.Popen(  # noqa: S603 - Debian's daemon, no shell
            [
                command,
                f"--config-file={self._config}",
                "--nofork",
                "--nopidfile",
                "--print-address=1",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        if not self._process.stdout.readline().startswith("unix:"):
            raise ChildFailed(
                f"dbus-daemon ended with {self._process.wait()}; {self._config} may be wrong"
            )

    def kill(self) -> None:
        """End the daemon as a crash would; every connection to it is cut."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None

    @property
    def pid(self) -> int | None:
        """The daemon's process id while it runs."""
        return self._process.pid if self._process is not None else None
