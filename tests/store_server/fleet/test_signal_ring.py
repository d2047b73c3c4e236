"""The ring keeps the newest windows of each pair, however loud others are."""

from store_server.fleet.hearing import BeaconRow
from store_server.fleet.signal_ring import MAX_PAIRS, MAX_TOLD, MAX_WINDOWS, Pair, SignalRing

UUID = "f7826da6-4fa2-4e98-8024-bc5b71e0893e"


def a_window(number: int, *, minor: int = 1, battery_mv: float | None = None) -> BeaconRow:
    extras = None if battery_mv is None else {"battery_mv": battery_mv}
    return BeaconRow(f"{UUID}:1:{minor}", 1_000 * number, 10, -60.0, extras, -55.0, -59)


def test_a_pair_keeps_its_newest_windows() -> None:
    ring = SignalRing()

    ring.add("gw-1", (a_window(number) for number in range(MAX_WINDOWS + 5)))

    windows = ring.heard().windows[Pair(f"{UUID}:1:1", "gw-1")]
    assert [one.at_ms for one in windows] == [1_000 * n for n in range(5, MAX_WINDOWS + 5)]


def test_of_too_many_pairs_the_one_unheard_for_longest_goes() -> None:
    ring = SignalRing()
    for minor in range(MAX_PAIRS):
        ring.add("gw-1", [a_window(minor, minor=minor)])
    ring.add("gw-1", [a_window(MAX_PAIRS, minor=0)])

    ring.add("gw-2", [a_window(MAX_PAIRS, minor=0)])

    windows = ring.heard().windows
    assert len(windows) == MAX_PAIRS
    assert Pair(f"{UUID}:1:0", "gw-1") in windows
    assert Pair(f"{UUID}:1:1", "gw-1") not in windows


def test_what_a_beacon_last_told_of_itself_outlives_its_window() -> None:
    ring = SignalRing()
    ring.add("gw-1", [a_window(1, battery_mv=2900), a_window(2, battery_mv=2800)])

    ring.add("gw-2", [a_window(3)])

    assert ring.heard().told == {f"{UUID}:1:1": {"battery_mv": 2800}}


def test_what_is_told_is_bounded() -> None:
    ring = SignalRing()

    ring.add("gw-1", (a_window(1, minor=minor, battery_mv=3000) for minor in range(MAX_TOLD + 9)))

    assert len(ring.heard().told) == MAX_TOLD


def test_a_cleared_ring_is_empty() -> None:
    ring = SignalRing()
    ring.add("gw-1", [a_window(1, battery_mv=3000)])

    ring.clear()

    assert (ring.heard().windows, ring.heard().told) == ({}, {})
