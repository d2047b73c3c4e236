"""The air as one edge agent's radio would hand it over: datagrams on its Unix socket.

`{"adverts": [[heard_at_ms, address, ad_hex, rssi_dbm], ...]}` and `{"tick_at_ms": int}`. The
kernel queues only about ten datagrams; then a send waits until the agent has read one. That is
what keeps a simulation from running ahead of its gateways, so sends block on purpose.

Each send names the path anew: an agent that was killed and started again binds a new socket
there, and is heard again without a word to us.
"""

import json
import socket
from collections.abc import Sequence
from pathlib import Path

from firmware_sim.errors import OutletError
from firmware_sim.events import HeardAdvert

ADVERTS_A_DATAGRAM = 200
# An agent that has read nothing for so long is stopped, not busy.
_PATIENCE_S = 30.0
# Room for 200 extended adverts of 255 bytes; the kernel's default just about holds one.
_SEND_BUFFER_BYTES = 1 << 20
# Source: man 7 unix, sun_path has 108 bytes with its terminating zero.
_LONGEST_PATH_BYTES = 107


class UnixFeed:
    """The sender to one edge agent's feed socket; see the port `GatewayFeed`."""

    def __init__(self, path: Path, *, patience_s: float = _PATIENCE_S) -> None:
        """Raises OutletError when no socket can have that path."""
        if len(bytes(path)) > _LONGEST_PATH_BYTES:
            raise OutletError(
                f"feed socket {path} is {len(bytes(path))} bytes long; at most "
                f"{_LONGEST_PATH_BYTES} can be: use a shorter folder"
            )
        self._path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        self._socket.settimeout(patience_s)

    def send_adverts(self, adverts: Sequence[HeardAdvert]) -> bool:
        """Hand over adverts in order; False as soon as nobody listens: the rest is not heard."""
        for start in range(0, len(adverts), ADVERTS_A_DATAGRAM):
            part = adverts[start : start + ADVERTS_A_DATAGRAM]
            if not self._send({"adverts": [list(advert) for advert in part]}):
                return False
        return True

    def send_tick(self, at_ms: int) -> bool:
        """Say that simulated time has reached `at_ms`; False when nobody listens."""
        return self._send({"tick_at_ms": at_ms})

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()

    def _send(self, datagram: dict[str, object]) -> bool:
        payload = json.dumps(datagram, separators=(",", ":")).encode()
        try:
            self._socket.sendto(payload, self._path)
        except (FileNotFoundError, ConnectionError, TimeoutError):
            return False
        except OSError as error:
            raise OutletError(
                f"feed socket {self._path} took no datagram of {len(payload)} bytes: "
                f"{error.strerror or error}"
            ) from error
        return True
