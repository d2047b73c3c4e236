"""Foreign devices: counted where it was asked, by nothing that could name one."""

import random

from edge_agent.advert import Advert
from edge_agent.foreign_count import PERIOD_MS, ForeignCounter
from edge_agent.hearing import Hearing
from edge_agent.windows import WindowTable
from proximity_wire.frames import Foreign, encode_foreign
from tests.edge_agent.builders import NOON_MS

APPLE = encode_foreign(Foreign("apple_continuity"), payload=b"\x10\x05")
START_MS = NOON_MS - NOON_MS % PERIOD_MS


def a_counter(seed: int = 1) -> ForeignCounter:
    return ForeignCounter(lambda: random.Random(seed).randbytes(16))


def a_hearing(counter: ForeignCounter | None) -> Hearing:
    return Hearing(WindowTable(window_ms=1000, forget_ms=10_000, most=9), foreign=counter)


def counted(devices: int, *, times: int = 1) -> int:
    counter = a_counter()
    for _ in range(times):
        for number in range(devices):
            counter.note(f"address {number}", "microsoft", heard_at_ms=START_MS)
    count = counter.close_due(START_MS + PERIOD_MS)
    assert count is not None
    return count.devices


def test_few_devices_are_counted_well_and_repeats_once() -> None:
    assert counted(1) == 1
    assert abs(counted(100, times=5) - 100) <= 5


def test_many_devices_are_estimated_within_six_per_cent() -> None:
    for devices in (1_000, 5_000, 20_000):
        assert abs(counted(devices) - devices) <= 0.06 * devices


def test_a_period_closes_after_a_quarter_of_an_hour_with_counts_by_family() -> None:
    hearing = a_hearing(a_counter())
    hearing.hear([Advert(START_MS + n, f"C{n % 3}", APPLE, -60) for n in range(30)])

    assert hearing.foreign_due(START_MS + PERIOD_MS - 1) is None
    count = hearing.foreign_due(START_MS + PERIOD_MS)

    assert count is not None
    assert (count.from_at_ms, count.to_at_ms) == (START_MS, START_MS + PERIOD_MS)
    assert (count.devices, count.adverts) == (3, {"apple_continuity": 30})
    assert hearing.foreign_due(START_MS + 2 * PERIOD_MS) is None


def test_nothing_is_counted_unless_it_was_asked() -> None:
    hearing = a_hearing(None)
    hearing.hear([Advert(START_MS, "C0", APPLE, -60)])

    assert hearing.foreign_due(START_MS + 2 * PERIOD_MS) is None


def test_salt_and_registers_are_gone_with_their_period() -> None:
    counter = a_counter()
    counter.note("C0", "microsoft", heard_at_ms=START_MS)
    counter.close_due(START_MS + PERIOD_MS)

    assert (counter._salt, counter._registers) == (b"", bytearray())


def test_a_clock_that_falls_back_ends_the_period() -> None:
    counter = a_counter()
    counter.note("C0", "microsoft", heard_at_ms=START_MS)

    assert counter.close_due(START_MS - 60_000) is not None
