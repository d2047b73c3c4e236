"""A value from a profile cannot break out of the text that it stands in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.offers.channel import FORMS, VALUE_LIMIT, ReadingChannel, clean_value


@pytest.mark.parametrize("channel", ReadingChannel)
def test_every_channel_has_its_limits(channel: ReadingChannel) -> None:
    assert 0 < FORMS[channel].title_limit <= FORMS[channel].body_limit


@given(st.text(max_size=1000))
def test_a_value_is_capped_and_carries_no_control_or_direction_characters(text: str) -> None:
    value = clean_value(text)

    assert len(value) <= VALUE_LIMIT
    assert not set(value) & {"\n", "\r", "\x00", "\u202e", "\u200b", "\u2066"}


@given(st.text(max_size=100))
def test_where_text_is_html_a_value_opens_no_element_and_no_attribute(text: str) -> None:
    assert not set(clean_value(text, markup=True)) & set("<>\"'")


def test_the_cap_is_of_what_is_read_not_of_its_escapes() -> None:
    assert clean_value("<" * 100, markup=True) == "&lt;" * VALUE_LIMIT
