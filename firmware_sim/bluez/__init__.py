"""A BlueZ without a radio: `org.bluez` on a private D-Bus, so that an unmodified bleak scans.

What it does, and what it leaves out, is that of bluetoothd 5.56 and later as far as a scanner can
see: a device remembers what it said, repeats that change nothing are not told, devices that
fell silent are removed. It shares no code with the edge agent.
"""

from firmware_sim.bluez.bus_daemon import PrivateBus
from firmware_sim.bluez.feed import BluezFeed
from firmware_sim.bluez.service import FakeBluez

__all__ = ["BluezFeed", "FakeBluez", "PrivateBus"]
