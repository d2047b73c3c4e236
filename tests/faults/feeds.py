"""What the gateways hear: adverts of shoppers' tags with real rotating ids, and the time."""

import json
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from proximity_wire.frames import EddystoneEid, encode_eddystone_eid
from proximity_wire.rotating_id import derive_eid
from tests.faults.process import until
from tests.faults.store_api import EXPONENT


def advert(key: bytes, *, at_ms: int, rssi_dbm: int) -> list[Any]:
    """One feed row: what a gateway hears of the tag with this key at that moment."""
    eid = derive_eid(key, t_s=at_ms // 1000, exponent=EXPONENT)
    frame = encode_eddystone_eid(EddystoneEid(eid.hex(), tx_power_0m_dbm=-18))
    return [at_ms, "C0:00:00:00:00:01", frame.hex(), rssi_dbm]


class Feeds:
    """The datagram sockets of the gateways in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    def second(
        self, gateway: str, tags: Mapping[str, bytes], *, until_ms: int, rssi_dbm: int
    ) -> None:
        """One second that ends at `until_ms`: every tag once, then the tick."""
        rows = [advert(key, at_ms=until_ms - 400, rssi_dbm=rssi_dbm) for key in tags.values()]
        for datagram in ({"adverts": rows}, {"tick_at_ms": until_ms}):
            self._send(gateway, json.dumps(datagram).encode())

    def close(self) -> None:
        self._socket.close()

    def _send(self, gateway: str, payload: bytes) -> None:
        path = str(self._folder / f"{gateway}.sock")

        def sent() -> bool:
            try:
                self._socket.sendto(payload, path)
            except (ConnectionRefusedError, FileNotFoundError, BlockingIOError):
                return False
            return True

        until(sent, what=f"{gateway} listens to the feed")


def keys_of(names: Iterable[str], *, first: int) -> dict[str, bytes]:
    """An identity key for each name; `first` keeps them apart from those given before."""
    return {name: (first + n).to_bytes(16, "big") for n, name in enumerate(names)}
