"""What bluetoothd tells of adverts, and when it tells nothing."""

import pytest
from dbus_fast import Variant

from firmware_sim.bluez.adapter import Added, Changed, FakeAdapter, Refused, Removed
from firmware_sim.bluez.advertised import OrPattern, read_advert

AD = bytes.fromhex("0303aafe 0d16aafe30eb eb5f05d193f73308")
OTHER = bytes.fromhex("05ff18010203")
ADDRESS, ME, PATH = "C0:00:00:00:00:01", ":1.7", "/monitor"
EDDYSTONE = OrPattern(0, 0x16, b"\xaa\xfe")


def scanning(*, duplicates: bool = False) -> FakeAdapter:
    adapter = FakeAdapter("hci0")
    adapter.set_filter(ME, {"DuplicateData": Variant("b", duplicates)})
    adapter.start_discovery(ME)
    return adapter


def monitoring() -> FakeAdapter:
    adapter = FakeAdapter("hci0")
    adapter.register_monitor(ME, PATH)
    adapter.activate_monitor(ME, PATH, [EDDYSTONE])
    return adapter


def told(adapter: FakeAdapter, ad: bytes, rssi_dbm: int) -> set[str]:
    """Names of the properties that one advert makes it tell."""
    names: set[str] = set()
    for one in adapter.take(ADDRESS, ad, rssi_dbm=rssi_dbm, now_s=0.0):
        assert isinstance(one, Added | Changed)
        names |= set(one.properties)
    return names


def test_nothing_is_heard_unless_somebody_scans() -> None:
    assert FakeAdapter("hci0").take(ADDRESS, AD, rssi_dbm=-60, now_s=0.0) == []


def test_a_new_device_is_added_with_all_it_said() -> None:
    (added,) = scanning().take(ADDRESS, AD, rssi_dbm=-60, now_s=0.0)

    assert isinstance(added, Added)
    assert added.path == "/org/bluez/hci0/dev_C0_00_00_00_00_01"
    assert added.properties["RSSI"].value == -60
    assert list(added.properties["ServiceData"].value) == ["0000feaa-0000-1000-8000-00805f9b34fb"]


@pytest.mark.parametrize(("moved_db", "names"), [(0, set()), (1, {"RSSI"})])
def test_a_discovery_tells_a_repeat_only_when_its_rssi_moved(
    moved_db: int, names: set[str]
) -> None:
    adapter = scanning()
    told(adapter, AD, -60)

    assert told(adapter, AD, -60 + moved_db) == names


def test_a_discovery_with_duplicates_tells_every_repeat() -> None:
    adapter = scanning(duplicates=True)
    told(adapter, AD, -60)

    assert told(adapter, AD, -60) == {"ServiceData"}


@pytest.mark.parametrize(("moved_db", "names"), [(7, set()), (8, {"RSSI"})])
def test_a_monitor_is_told_rssi_only_from_eight_decibels_on(moved_db: int, names: set[str]) -> None:
    adapter = monitoring()
    told(adapter, AD, -60)

    assert told(adapter, AD, -60 + moved_db) == names


def test_a_monitor_hears_only_what_its_patterns_match() -> None:
    adapter = monitoring()

    assert told(adapter, OTHER, -60) == set()
    assert told(adapter, AD, -60) != set()


def test_manufacturer_data_accumulates_by_company() -> None:
    adapter = scanning()
    told(adapter, OTHER, -60)

    (changed,) = adapter.take(ADDRESS, bytes.fromhex("05ff4c000203"), rssi_dbm=-60, now_s=0.0)

    assert isinstance(changed, Changed)
    assert set(changed.properties["ManufacturerData"].value) == {0x0118, 0x004C}


def test_a_device_that_fell_silent_is_removed() -> None:
    adapter = scanning()
    told(adapter, AD, -60)

    assert adapter.forget_silent(29.0) == []
    (removed,) = adapter.forget_silent(30.0)

    assert isinstance(removed, Removed)
    assert "ServiceData" in told(adapter, AD, -60)


def test_a_powered_off_adapter_refuses_and_hears_nothing() -> None:
    adapter = scanning()
    adapter.set_power(False)

    with pytest.raises(Refused):
        adapter.start_discovery(ME)
    assert adapter.scanning is None


@pytest.mark.parametrize("cure", ["restart", "power"])
def test_a_silent_adapter_hears_again_after_its_cure(cure: str) -> None:
    adapter = scanning()
    adapter.fall_silent(cure)  # type: ignore[arg-type]  # one of the two
    assert told(adapter, AD, -60) == set()

    if cure == "power":
        adapter.set_power(False)
        adapter.set_power(True)
    else:
        adapter.stop_discovery(ME)
    adapter.start_discovery(ME)

    assert told(adapter, AD, -60) != set()


def test_a_client_that_left_scans_no_more() -> None:
    adapter = monitoring()
    adapter.start_discovery(ME)

    adapter.client_gone(ME)

    assert adapter.scanning is None


@pytest.mark.parametrize("ad", [b"", b"\x00", b"\x05\xff", b"\x01\x16", b"\xff" * 31, b"\x02\x0a"])
def test_malformed_advertising_data_is_read_as_far_as_it_goes(ad: bytes) -> None:
    assert read_advert(ad).manufacturer_data == {}
