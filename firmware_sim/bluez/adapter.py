"""One fake Bluetooth adapter: who scans on it, what it remembers, and how it may fail.

Without a discovery session or an active monitor whose pattern matches, an advert is not
heard at all. Nothing here speaks D-Bus: methods answer with what is to be told, and raise Refused.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from dbus_fast import Variant

from firmware_sim.bluez.advertised import Advertised, OrPattern, read_advert
from firmware_sim.bluez.remembered import Properties, RememberedDevice

ADAPTER = "org.bluez.Adapter1"
DEVICE = "org.bluez.Device1"
MONITORS = "org.bluez.AdvertisementMonitorManager1"
# A device that is not paired is forgotten after so long without an advert.
# Source: BlueZ main.conf, TemporaryTimeout = 30.
TEMPORARY_TIMEOUT_S = 30.0

Cure = Literal["restart", "power", "nothing"]


class Refused(Exception):
    """A method is answered with a D-Bus error of this name."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


class Added(NamedTuple):
    """A device is new."""

    path: str
    properties: Properties


class Changed(NamedTuple):
    """Properties of an object have changed."""

    path: str
    interface: str
    properties: Properties


class Removed(NamedTuple):
    """An object is gone."""

    path: str
    interfaces: tuple[str, ...]


Told = Added | Changed | Removed


class FakeAdapter:
    """One adapter; `offers_monitors` False is a BlueZ before 5.56 or without --experimental."""

    def __init__(self, name: str, *, offers_monitors: bool = True) -> None:
        self.name = name
        self.path = f"/org/bluez/{name}"
        self.offers_monitors = offers_monitors
        self.powered = True
        self.power_cycles = 0
        self._sessions: dict[str, Mapping[str, Variant]] = {}
        self._filters: dict[str, Mapping[str, Variant]] = {}
        self._monitors: dict[tuple[str, str], Sequence[OrPattern]] = {}
        self._devices: OrderedDict[str, RememberedDevice] = OrderedDict()
        self._silent_until: Cure | None = None

    @property
    def scanning(self) -> Literal["active", "passive"] | None:
        """How it scans now."""
        if self._sessions:
            return "active"
        return "passive" if any(self._monitors.values()) else None

    def fall_silent(self, cure: Cure) -> None:
        """Hear nothing more until the scan is begun anew, the power was off, or for ever."""
        self._silent_until = cure

    def take(self, address: str, ad: bytes, *, rssi_dbm: int, now_s: float) -> list[Told]:
        """One advert from the air; what is told because of it."""
        heard = read_advert(ad)
        if not self.powered or self._silent_until is not None or not self._hears(heard):
            return []
        device = self._devices.get(address)
        known = device is not None
        if device is None:
            device = self._devices[address] = RememberedDevice(address, adapter_path=self.path)
        self._devices.move_to_end(address)
        device.heard_s = now_s
        changes = device.note(
            heard,
            rssi_dbm,
            duplicates=self._wants_duplicates(),
            every_rssi=any(self._sessions.values()),
        )
        if not known:
            return [Added(device.path, device.properties())]
        return [Changed(device.path, DEVICE, changes)] if changes else []

    def forget_silent(self, now_s: float) -> list[Told]:
        """Devices that were silent for TEMPORARY_TIMEOUT_S are removed."""
        gone: list[Told] = []
        while self._devices:
            address, device = next(iter(self._devices.items()))
            if now_s - device.heard_s < TEMPORARY_TIMEOUT_S:
                break
            del self._devices[address]
            gone.append(Removed(device.path, (DEVICE,)))
        return gone

    def forget_all(self) -> list[Told]:
        """All devices are removed."""
        gone: list[Told] = [Removed(one.path, (DEVICE,)) for one in self._devices.values()]
        self._devices.clear()
        return gone

    def set_power(self, on: bool) -> list[Told]:
        """Power off ends discovery sessions and forgets devices; monitors outlive it."""
        if on == self.powered:
            return []
        self.powered = on
        if on:
            self.power_cycles += 1
            if self._silent_until == "power":
                self._silent_until = None
            return [self._changed("Powered")]
        self._sessions.clear()
        return [*self.forget_all(), self._changed("Powered"), self._changed("Discovering")]

    def set_filter(self, sender: str, given: Mapping[str, Variant]) -> None:
        """SetDiscoveryFilter: holds for the next StartDiscovery of that client."""
        self._filters[sender] = dict(given)

    def start_discovery(self, sender: str) -> list[Told]:
        """StartDiscovery; raises Refused."""
        self._require_power()
        if sender in self._sessions:
            raise Refused("org.bluez.Error.InProgress", "Operation already in progress")
        before = bool(self._sessions)
        self._sessions[sender] = self._filters.get(sender, {})
        self._scan_begins()
        return [] if before else [self._changed("Discovering")]

    def stop_discovery(self, sender: str) -> list[Told]:
        """StopDiscovery; raises Refused."""
        self._require_power()
        if self._sessions.pop(sender, None) is None:
            raise Refused("org.bluez.Error.Failed", "No discovery started")
        return [] if self._sessions else [self._changed("Discovering")]

    def register_monitor(self, sender: str, path: str) -> None:
        """RegisterMonitor: the patterns come later, with the client's InterfacesAdded."""
        if (sender, path) in self._monitors:
            raise Refused("org.bluez.Error.AlreadyExists", "Already Exists")
        self._monitors[sender, path] = ()

    def activate_monitor(self, sender: str, path: str, patterns: Sequence[OrPattern]) -> bool:
        """The client has shown its monitor; False: it has not registered that path."""
        if (sender, path) not in self._monitors or not patterns:
            return False
        self._monitors[sender, path] = tuple(patterns)
        self._scan_begins()
        return True

    def unregister_monitor(self, sender: str, path: str) -> None:
        """UnregisterMonitor; raises Refused."""
        if self._monitors.pop((sender, path), None) is None:
            raise Refused("org.bluez.Error.DoesNotExist", "Does Not Exist")

    def client_gone(self, sender: str) -> list[Told]:
        """A client has left the bus; what it asked for ends."""
        self._filters.pop(sender, None)
        for key in [key for key in self._monitors if key[0] == sender]:
            del self._monitors[key]
        if self._sessions.pop(sender, None) is None or self._sessions:
            return []
        return [self._changed("Discovering")]

    def objects(self) -> Iterator[tuple[str, dict[str, Properties]]]:
        """The adapter and its devices, for GetManagedObjects."""
        interfaces = {ADAPTER: self.properties()}
        if self.offers_monitors:
            interfaces[MONITORS] = {
                "SupportedMonitorTypes": Variant("as", ["or_patterns"]),
                "SupportedFeatures": Variant("as", []),
            }
        yield self.path, interfaces
        for device in self._devices.values():
            yield device.path, {DEVICE: device.properties()}

    def properties(self) -> Properties:
        """Those of Adapter1 that a scanner may read."""
        return {
            "Address": Variant("s", "00:00:00:00:00:01"),
            "AddressType": Variant("s", "public"),
            "Name": Variant("s", "fake"),
            "Alias": Variant("s", "fake"),
            "Powered": Variant("b", self.powered),
            "Discovering": Variant("b", bool(self._sessions)),
            "Roles": Variant("as", ["central", "peripheral"]),
            "UUIDs": Variant("as", []),
        }

    def _hears(self, heard: Advertised) -> bool:
        if self._sessions:
            return True
        return any(one.matches(heard) for patterns in self._monitors.values() for one in patterns)

    def _wants_duplicates(self) -> bool:
        return any(
            "DuplicateData" in given and given["DuplicateData"].value
            for given in self._sessions.values()
        )

    def _scan_begins(self) -> None:
        if self._silent_until == "restart":
            self._silent_until = None

    def _require_power(self) -> None:
        if not self.powered:
            raise Refused("org.bluez.Error.NotReady", "Resource Not Ready")

    def _changed(self, name: str) -> Changed:
        return Changed(self.path, ADAPTER, {name: self.properties()[name]})
