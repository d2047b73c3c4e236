"""What bluetoothd remembers of one device, and what of a new advert it therefore tells.

- Manufacturer data, service data and UUIDs accumulate: an advert without a part leaves what an
  earlier one said; data of another company stands beside it, never instead of it.
- What is there already is not told again. A discovery session that asks for `DuplicateData`
  makes manufacturer and service data be cleared first, so that each advert is told.
- RSSI is told when it has changed: by anything during a filtered discovery, by 8 dB or more
  otherwise, so also for advertisement monitors alone.

Source: BlueZ src/device.c (device_set_rssi_with_delta, device_set_manufacturer_data,
device_set_service_data) and src/adapter.c (btd_adapter_device_found), release 5.66.
"""

from typing import TypeVar

from dbus_fast import Variant

from firmware_sim.bluez.advertised import Advertised

RSSI_THRESHOLD_DB = 8
Properties = dict[str, Variant]
Key = TypeVar("Key", int, str)


class RememberedDevice:
    """One Device1 object; `heard_s` is when its last advert came, told or not."""

    def __init__(self, address: str, *, adapter_path: str) -> None:
        self.path = f"{adapter_path}/dev_{address.replace(':', '_')}"
        self.heard_s = 0.0
        self._address = address
        self._adapter_path = adapter_path
        self._rssi: int | None = None
        self._tx_power: int | None = None
        self._manufacturer: dict[int, bytes] = {}
        self._services: dict[str, bytes] = {}
        self._uuids: list[str] = []

    def note(
        self, heard: Advertised, rssi_dbm: int, *, duplicates: bool, every_rssi: bool
    ) -> Properties:
        """Remember an advert; the properties that are told because of it, empty when none is."""
        told: Properties = {}
        least_db = 1 if every_rssi else RSSI_THRESHOLD_DB
        if self._rssi is None or abs(self._rssi - rssi_dbm) >= least_db:
            self._rssi = rssi_dbm
            told["RSSI"] = Variant("n", rssi_dbm)
        if heard.tx_power is not None and heard.tx_power != self._tx_power:
            self._tx_power = heard.tx_power
            told["TxPower"] = Variant("n", heard.tx_power)
        new_uuids = [uuid for uuid in heard.uuids if uuid not in self._uuids]
        if new_uuids:
            self._uuids += new_uuids
            told["UUIDs"] = Variant("as", list(self._uuids))
        if _merge(self._manufacturer, heard.manufacturer_data, clear_first=duplicates):
            told["ManufacturerData"] = self._manufacturer_variant()
        if _merge(self._services, heard.service_data, clear_first=duplicates):
            told["ServiceData"] = self._service_variant()
        return told

    def properties(self) -> Properties:
        """All of Device1, as InterfacesAdded and GetManagedObjects give it."""
        given: Properties = {
            "Address": Variant("s", self._address),
            "AddressType": Variant("s", "random"),
            "Alias": Variant("s", self._address.replace(":", "-")),
            "Paired": Variant("b", False),
            "Bonded": Variant("b", False),
            "Trusted": Variant("b", False),
            "Blocked": Variant("b", False),
            "LegacyPairing": Variant("b", False),
            "Connected": Variant("b", False),
            "ServicesResolved": Variant("b", False),
            "UUIDs": Variant("as", list(self._uuids)),
            "Adapter": Variant("o", self._adapter_path),
        }
        if self._rssi is not None:
            given["RSSI"] = Variant("n", self._rssi)
        if self._tx_power is not None:
            given["TxPower"] = Variant("n", self._tx_power)
        if self._manufacturer:
            given["ManufacturerData"] = self._manufacturer_variant()
        if self._services:
            given["ServiceData"] = self._service_variant()
        return given

    def _manufacturer_variant(self) -> Variant:
        return Variant("a{qv}", {k: Variant("ay", v) for k, v in self._manufacturer.items()})

    def _service_variant(self) -> Variant:
        return Variant("a{sv}", {k: Variant("ay", v) for k, v in self._services.items()})


def _merge(known: dict[Key, bytes], heard: dict[Key, bytes], *, clear_first: bool) -> bool:
    """Whether anything was there to add or to replace."""
    if not heard:
        return False
    if clear_first:
        known.clear()
    changed = any(known.get(key) != data for key, data in heard.items())
    known.update(heard)
    return changed
