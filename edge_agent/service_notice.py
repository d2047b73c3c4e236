"""What systemd is told: that the agent is ready, that it is alive, how it is, that it ends.

The protocol is one datagram of `KEY=value` lines to the socket that $NOTIFY_SOCKET names; without
it nothing is said. Source: sd_notify(3), sd_watchdog_enabled(3).
"""

import contextlib
import os
import socket
from collections.abc import Mapping


class ServiceNotice:
    """Speaks to the service manager that started this process, if there is one."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Read where to speak to, and how often it wants to hear that we are alive."""
        address = environ.get("NOTIFY_SOCKET", "")
        # A leading @ stands for the zero byte of the abstract namespace.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.watchdog_s = _watchdog_s(environ)

    def ready(self) -> None:
        """The agent works."""
        self._say("READY=1")

    def alive(self) -> None:
        """The agent makes progress; say it only when it does."""
        self._say("WATCHDOG=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._say(f"STATUS={text}")

    def stopping(self) -> None:
        """The agent ends on purpose."""
        self._say("STOPPING=1")

    def _say(self, line: str) -> None:
        if not self._address:
            return
        # A service manager that does not listen must not stop a gateway from hearing.
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notify,
        ):
            notify.setblocking(False)
            notify.sendto(line.encode(), self._address)


def _watchdog_s(environ: Mapping[str, str]) -> float | None:
    """How long systemd waits for a sign of life; None when it does not watch this process."""
    try:
        usec = int(environ.get("WATCHDOG_USEC", ""))
        pid = int(environ.get("WATCHDOG_PID", str(os.getpid())))
    except ValueError:
        return None
    return usec / 1e6 if usec > 0 and pid == os.getpid() else None
