"""Which channel goes first: what was asked for, what is opened, and a fixed order otherwise."""

from hypothesis import given
from hypothesis import strategies as st

from store_server.decisions.channel_choice import (
    IN_ORDER,
    Because,
    Opens,
    rank_channels,
    smoothed_bp,
)
from store_server.offers.channel import ReadingChannel

EMAIL, PUSH, SMS = ReadingChannel.EMAIL, ReadingChannel.PUSH, ReadingChannel.SMS
ALL = list(IN_ORDER)


def test_where_nothing_is_known_the_order_decides() -> None:
    ranked = rank_channels([SMS, EMAIL, PUSH], opens={}, preferred=None)

    assert [(one.channel, one.because) for one in ranked] == [
        (PUSH, Because.ORDER),
        (EMAIL, Because.ORDER),
        (SMS, Because.ORDER),
    ]


def test_what_is_opened_most_goes_first() -> None:
    opens = {PUSH: Opens(20, 2), EMAIL: Opens(20, 15)}

    ranked = rank_channels([PUSH, EMAIL], opens=opens, preferred=None)

    assert (ranked[0].channel, ranked[0].because) == (EMAIL, Because.OPENED)
    assert ranked[0].open_bp == 5_666


def test_one_lucky_message_does_not_beat_a_long_record() -> None:
    opens = {PUSH: Opens(100, 60), EMAIL: Opens(1, 1)}

    assert rank_channels([PUSH, EMAIL], opens=opens, preferred=None)[0].channel is PUSH


def test_what_was_asked_for_goes_first_whatever_is_opened() -> None:
    ranked = rank_channels([PUSH, SMS], opens={PUSH: Opens(50, 50)}, preferred=SMS)

    assert (ranked[0].channel, ranked[0].because) == (SMS, Because.PREFERRED)


def test_what_does_not_reach_the_shopper_cannot_be_asked_for() -> None:
    ranked = rank_channels([PUSH], opens={}, preferred=SMS)

    assert [(one.channel, one.because) for one in ranked] == [(PUSH, Because.ONLY)]


@given(
    st.sets(st.sampled_from(ALL)),
    st.dictionaries(
        st.sampled_from(ALL),
        st.integers(0, 500).flatmap(
            lambda n: st.integers(0, n).map(lambda opened: Opens(n, opened))
        ),
    ),
    st.none() | st.sampled_from(ALL),
)
def test_every_channel_is_ranked_once_and_rates_are_rates(
    reached: set[ReadingChannel],
    opens: dict[ReadingChannel, Opens],
    preferred: ReadingChannel | None,
) -> None:
    ranked = rank_channels(reached, opens=opens, preferred=preferred)

    assert {one.channel for one in ranked} == reached
    assert len(ranked) == len(reached)
    assert all(0 <= one.open_bp <= 10_000 for one in ranked)
    rest = [one.open_bp for one in ranked if one.channel is not preferred]
    assert rest == sorted(rest, reverse=True)


@given(st.integers(0, 10_000))
def test_with_many_messages_the_rate_is_their_own(delivered: int) -> None:
    assert (
        abs(smoothed_bp(Opens(delivered, delivered)) - 10_000) <= 8_000 * 10 // (delivered + 10) + 1
    )
