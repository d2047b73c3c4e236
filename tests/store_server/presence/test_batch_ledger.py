"""The ledger: exactly once, gaps explained, never blocked for ever."""

import random

from hypothesis import given
from hypothesis import strategies as st

from store_server.presence.batch_ledger import MAX_AHEAD, BatchLedger


def test_acknowledges_only_up_to_the_first_gap() -> None:
    ledger = BatchLedger("s").take(1).take(2).take(4)

    assert ledger.through_seq == 2
    assert ledger.seen(4)
    assert not ledger.seen(3)


def test_closes_a_gap_when_the_missing_batch_comes() -> None:
    ledger = BatchLedger("s").take(1).take(3).take(4).take(2)

    assert ledger.through_seq == 4
    assert ledger.ahead == ()


def test_passes_what_the_gateway_says_it_shed() -> None:
    ledger = BatchLedger("s").take(1).take(10, lost=[(2, 9)])

    assert (ledger.through_seq, ledger.lost) == (10, 8)


def test_counts_a_loss_once_that_is_told_twice() -> None:
    ledger = BatchLedger("s").take(3, lost=[(1, 2)]).take(4, lost=[(1, 2)])

    assert ledger.lost == 2


def test_does_not_count_as_lost_what_was_taken() -> None:
    ledger = BatchLedger("s").take(1).take(2).take(5, lost=[(1, 4)])

    assert ledger.lost == 2


def test_passes_a_refused_batch_and_names_it() -> None:
    ledger = BatchLedger("s").take(1).refuse(2).take(3)

    assert (ledger.through_seq, ledger.refused) == (3, (2,))


def test_gives_up_a_gap_that_nobody_explains() -> None:
    ledger = BatchLedger("s")

    for seq in range(101, 101 + MAX_AHEAD + 1):
        ledger = ledger.take(seq)

    assert ledger.through_seq == 100 + MAX_AHEAD + 1
    assert ledger.given_up == 100


def test_takes_a_hostile_range_in_no_time() -> None:
    ledger = BatchLedger("s").take(2**62, lost=[(1, 2**62 - 1)])

    assert ledger.through_seq == 2**62


@given(st.integers(1, 80), st.integers(0, 2**32))
def test_any_order_of_arrival_ends_the_same(length: int, seed: int) -> None:
    order = list(range(1, length + 1))
    random.Random(seed).shuffle(order)

    ledger = BatchLedger("s")
    for seq in order:
        assert not ledger.seen(seq)
        ledger = ledger.take(seq)
        assert ledger.seen(seq)

    assert (ledger.through_seq, ledger.ahead, ledger.given_up) == (length, (), 0)


@given(st.lists(st.integers(1, 300), max_size=120))
def test_acknowledgement_never_goes_back_nor_covers_the_unseen(seqs: list[int]) -> None:
    ledger, taken, through = BatchLedger("s"), set[int](), 0

    for seq in seqs:
        if not ledger.seen(seq):
            ledger = ledger.take(seq)
            taken.add(seq)
        assert ledger.through_seq >= through
        through = ledger.through_seq

    assert set(range(1, through + 1)) <= taken
