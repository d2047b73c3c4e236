"""Clocks: which time a message bears."""

from itertools import pairwise

import pytest

from edge_agent.clocks import FRESH_MS, FeedClock, SystemClock
from edge_agent.kernel_clock import KernelClock, read_kernel_clock
from tests.edge_agent.builders import NOON_MS


def test_before_the_first_tick_the_first_advert_tells_the_second() -> None:
    clock = FeedClock()

    clock.note_heard(NOON_MS + 734)
    clock.note_heard(NOON_MS + 1_900)

    assert clock.now_ms() == NOON_MS


def test_the_feed_clock_stands_still_between_ticks() -> None:
    clock = FeedClock()
    clock.tick(NOON_MS)

    clock.note_heard(NOON_MS + 900)

    assert clock.now_ms() == NOON_MS


def test_a_fresh_batch_bears_the_tick_it_was_spooled_under() -> None:
    clock = FeedClock()
    clock.tick(NOON_MS + FRESH_MS)

    assert clock.stamp_ms(NOON_MS) == NOON_MS


def test_a_delayed_batch_bears_the_latest_tick() -> None:
    clock = FeedClock()
    clock.tick(NOON_MS + FRESH_MS + 1)

    assert clock.stamp_ms(NOON_MS) == NOON_MS + FRESH_MS + 1


def test_a_batch_of_an_earlier_run_keeps_its_time_until_the_feed_speaks() -> None:
    assert FeedClock().stamp_ms(NOON_MS) == NOON_MS


def test_only_a_large_step_back_is_a_new_start() -> None:
    clock = FeedClock()
    clock.tick(NOON_MS)

    assert not clock.has_jumped_back(NOON_MS - 999)
    assert clock.has_jumped_back(NOON_MS - 60_000)


def test_the_system_clock_stamps_the_present_whatever_waited() -> None:
    clock = SystemClock()

    stamp_ms = clock.stamp_ms(NOON_MS)

    assert stamp_ms is not None
    assert abs(stamp_ms - (clock.now_ms() or 0)) < 5_000
    assert clock.quality() in {"synced", "free"}


class TestSystemClock:
    """The system's clock as a time service moves it under us."""

    def setup_method(self) -> None:
        self.utc_ms = NOON_MS
        self.monotonic_ms = 0
        self.kernel: KernelClock | None = None
        self.clock = SystemClock(
            utc_ns=lambda: self.utc_ms * 1_000_000,
            monotonic_ns=lambda: self.monotonic_ms * 1_000_000,
            kernel_says=lambda: self.kernel,
        )

    def pass_ms(self, passed_ms: int, *, utc_step_ms: int = 0) -> int:
        self.monotonic_ms += passed_ms
        self.utc_ms += passed_ms + utc_step_ms
        return (self.clock.now_ms() or 0) - NOON_MS

    def test_time_passes_as_the_machine_says(self) -> None:
        assert [self.pass_ms(250) for _ in range(4)] == [250, 500, 750, 1_000]

    def test_a_small_step_back_never_lets_time_go_back(self) -> None:
        times = [self.pass_ms(1_000, utc_step_ms=-2_000)]
        times += [self.pass_ms(1_000) for _ in range(60)]

        assert all(later > earlier for earlier, later in pairwise(times))
        assert times[-1] == self.utc_ms - NOON_MS

    def test_a_large_step_is_followed_at_once(self) -> None:
        assert self.pass_ms(1_000, utc_step_ms=3_600_000) == 3_601_000
        assert self.pass_ms(1_000, utc_step_ms=-7_200_000) == -3_598_000

    def test_the_offset_is_what_is_still_to_be_corrected(self) -> None:
        self.pass_ms(1_000, utc_step_ms=-2_000)
        self.kernel = KernelClock(synced=True, offset_ms=-0.5)

        assert self.clock.offset_ms() == pytest.approx(-1_950.5)

    def test_a_clock_that_the_kernel_vouches_for_is_synced(self) -> None:
        self.kernel = KernelClock(synced=True, offset_ms=0.0)

        assert self.clock.quality() == "synced"

    def test_a_clock_before_the_year_2000_was_never_set(self) -> None:
        self.kernel = KernelClock(synced=True, offset_ms=0.0)
        self.pass_ms(1_000, utc_step_ms=-NOON_MS)

        assert (self.clock.now_ms(), self.clock.quality()) == (None, "unset")


def test_the_kernel_answers_or_says_nothing() -> None:
    kernel = read_kernel_clock()

    assert kernel is None or abs(kernel.offset_ms) < 60_000
