"""A gateway's feed over a fake BlueZ: each advert is told when its moment has come.

The port is that of the datagram feed, but a radio knows no simulated time: the first thing that is
sent says how simulated and real time lie to each other, and from then on a simulated second
takes a real one. A tick is only a promise about order here; nobody is told of it.
"""

import queue
import threading
import time
from collections.abc import Sequence

from firmware_sim.bluez.bus_daemon import PrivateBus
from firmware_sim.bluez.service import FakeBluez
from firmware_sim.events import HeardAdvert

_POLL_S = 0.5


class BluezFeed:
    """The air around one gateway: a private bus, a fake BlueZ, and a thread that keeps time."""

    def __init__(self, bus: PrivateBus) -> None:
        """Bring up the bus and the service; raises FirmwareSimError."""
        self._bus = bus
        bus.start()
        self.bluez = FakeBluez(bus.address)
        self.bluez.connect()
        self._behind_ms: float | None = None
        self._due: queue.SimpleQueue[HeardAdvert] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep_time, name="air", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """The bus's address, for DBUS_SYSTEM_BUS_ADDRESS."""
        return self._bus.address

    def send_adverts(self, adverts: Sequence[HeardAdvert]) -> bool:
        """Put adverts on the air, each at its own moment."""
        for advert in adverts:
            self._due.put(advert)
        return True

    def send_tick(self, at_ms: int) -> bool:
        """Simulated time stands at `at_ms`; the first call ties it to the real one."""
        if self._behind_ms is None:
            self._behind_ms = time.monotonic() * 1000 - at_ms
        return self._thread.is_alive()

    def close(self) -> None:
        """End the air, the service and the bus."""
        self._stop.set()
        self._thread.join()
        self.bluez.close()
        self._bus.kill()

    def _keep_time(self) -> None:
        while not self._stop.is_set():
            try:
                advert = self._due.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            behind_ms = self._behind_ms or 0.0
            early_s = (advert.heard_at_ms + behind_ms) / 1000 - time.monotonic()
            if early_s > 0 and self._stop.wait(early_s):
                return
            self.bluez.hear(advert.address, bytes.fromhex(advert.ad_hex), advert.rssi_dbm)
