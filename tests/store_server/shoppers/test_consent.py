from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from store_server.shoppers.consent import ConsentEntry, Purpose, allowed
from tests.store_server.shoppers.builders import MONDAY, a_word


def test_silence_is_no_consent() -> None:
    assert not allowed([], Purpose.OFFERS, MONDAY)


def test_a_grant_counts_from_its_instant() -> None:
    ledger = [a_word(granted=True, after_s=60)]

    assert not allowed(ledger, Purpose.OFFERS, MONDAY)
    assert allowed(ledger, Purpose.OFFERS, MONDAY + timedelta(seconds=60))


def test_the_last_word_counts() -> None:
    ledger = [a_word(granted=True), a_word(granted=False, after_s=10)]

    assert allowed(ledger, Purpose.OFFERS, MONDAY + timedelta(seconds=5))
    assert not allowed(ledger, Purpose.OFFERS, MONDAY + timedelta(seconds=10))


def test_purposes_are_apart() -> None:
    ledger = [a_word(purpose=Purpose.LOCATION)]

    assert not allowed(ledger, Purpose.OFFERS, MONDAY)


words = st.lists(
    st.builds(
        lambda granted, after_s: a_word(granted=granted, after_s=after_s),
        st.booleans(),
        st.integers(0, 5),
    )
)


@given(words, st.randoms(use_true_random=False))
def test_the_order_in_which_the_ledger_is_read_changes_nothing(
    ledger: list[ConsentEntry], order: Random
) -> None:
    at = MONDAY + timedelta(seconds=3)
    shuffled = list(ledger)
    order.shuffle(shuffled)

    assert allowed(shuffled, Purpose.OFFERS, at) == allowed(ledger, Purpose.OFFERS, at)


@given(words)
def test_a_no_at_the_same_instant_wins(ledger: list[ConsentEntry]) -> None:
    at = MONDAY + timedelta(seconds=9)

    assert not allowed([*ledger, a_word(granted=False, after_s=9)], Purpose.OFFERS, at)
