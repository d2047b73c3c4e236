"""The event clock: least stamp of those that count, never back."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from store_server.presence.batch_ledger import BatchLedger
from store_server.presence.event_clock import least_sent_at_ms, next_event_ms, outwaited, reached
from store_server.presence.gateway_live import GatewayLive, board_of
from store_server.presence.spool_progress import SpoolProgress
from tests.store_server.presence.builders import T0, heard

LAG_MS = 30_000


def a_gateway(sent_at_ms: int | None, *, online: bool = True) -> GatewayLive:
    return GatewayLive(
        "gw",
        online=online,
        state_known=True,
        last_sent_at_ms=sent_at_ms,
        newest_sent_at_ms=sent_at_ms,
    )


def test_stands_at_the_least_stamp() -> None:
    board = [a_gateway(5_000), a_gateway(4_000)]

    assert least_sent_at_ms(board, lag_ms=LAG_MS) == 4_000


def test_waits_for_a_gateway_that_is_online_and_silent() -> None:
    board = [a_gateway(5_000), a_gateway(None)]

    assert next_event_ms(1_000, board, lag_ms=LAG_MS) == 1_000


def test_does_not_wait_for_one_that_is_offline() -> None:
    board = [a_gateway(5_000), a_gateway(None, online=False), a_gateway(1_000, online=False)]

    assert least_sent_at_ms(board, lag_ms=LAG_MS) == 5_000


def test_does_not_wait_for_one_that_lags_far_behind() -> None:
    board = [a_gateway(100_000), a_gateway(69_999), a_gateway(70_000)]

    assert least_sent_at_ms(board, lag_ms=LAG_MS) == 70_000


def test_waits_for_a_silent_one_only_as_long_as_for_one_that_lags() -> None:
    silent, speaking = a_gateway(None), a_gateway(100_000)

    early = [silent, replace(speaking, first_sent_at_ms=70_000)]
    late = [silent, replace(speaking, first_sent_at_ms=69_999)]

    assert least_sent_at_ms(early, lag_ms=LAG_MS) is None
    assert least_sent_at_ms(late, lag_ms=LAG_MS) == 100_000


def test_stands_when_nobody_is_there() -> None:
    assert next_event_ms(7_000, [], lag_ms=LAG_MS) == 7_000


@given(st.lists(st.lists(st.none() | st.integers(0, 10**6), max_size=4), max_size=20))
def test_never_goes_back(boards: list[list[int | None]]) -> None:
    now_ms = 0
    for stamps in boards:
        later = next_event_ms(now_ms, [a_gateway(one) for one in stamps], lag_ms=LAG_MS)
        assert later >= now_ms
        now_ms = later


def test_hands_out_what_is_reached_in_one_order() -> None:
    pending = [heard(2), heard(1, device="s-2"), heard(1, device="s-1"), heard(3)]

    due, rest = reached(pending, T0 + 2)
    due_again, _ = reached(reversed(pending), T0 + 2)

    assert [(one.t - T0, one.device) for one in due] == [(1, "s-1"), (1, "s-2"), (2, "s-1")]
    assert due_again == due
    assert rest == (heard(3),)


def test_waits_for_one_that_was_heard_until_the_server_died() -> None:
    backlog = replace(a_gateway(None, online=False), awaited=True)

    assert least_sent_at_ms([a_gateway(5_000), backlog], lag_ms=LAG_MS) is None
    assert least_sent_at_ms([a_gateway(5_000), backlog.sent(4_000)], lag_ms=LAG_MS) == 5_000


def test_who_died_with_the_server_is_waited_for_once() -> None:
    backlog = replace(a_gateway(None, online=False), awaited=True)
    early = replace(a_gateway(100_000), first_sent_at_ms=70_000)
    late = replace(early, first_sent_at_ms=69_999)

    assert outwaited([backlog, early], lag_ms=LAG_MS) == []
    (line,) = outwaited([backlog, late], lag_ms=LAG_MS)
    assert not line.awaited
    assert least_sent_at_ms([line, late.silent().sent(101_000)], lag_ms=LAG_MS) == 101_000


def test_a_batch_that_overtook_others_promises_nothing_yet() -> None:
    before = a_gateway(5_000)
    ahead = before.sent(9_000, gap=True)

    assert least_sent_at_ms([ahead], lag_ms=LAG_MS) == 5_000
    assert least_sent_at_ms([ahead.sent(6_000)], lag_ms=LAG_MS) == 9_000
    assert least_sent_at_ms([ahead.sent(35_001, gap=True)], lag_ms=LAG_MS) == 35_001


def test_who_was_heard_shortly_before_the_end_is_awaited() -> None:
    spools = [
        (name, SpoolProgress(BatchLedger(name)), at_ms)
        for name, at_ms in (("long-gone", 1_000), ("gw-1", 90_000), ("gw-2", 150_000))
    ]

    board = board_of(spools)

    assert {name: line.awaited for name, line in board.items()} == {
        "long-gone": False,
        "gw-1": True,
        "gw-2": True,
    }
