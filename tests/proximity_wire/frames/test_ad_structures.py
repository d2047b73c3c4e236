"""Advertising data splits from the front and joins back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_wire.errors import FrameError
from proximity_wire.frames.ad_structures import join, split

_structures = st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=60)), max_size=5)


@given(_structures)
def test_what_is_joined_splits_to_the_same(structures: list[tuple[int, bytes]]) -> None:
    assert split(join(structures)) == structures


@given(st.binary(max_size=100))
def test_what_splits_is_a_prefix_of_the_bytes(ad: bytes) -> None:
    assert ad.startswith(join(split(ad)))


def test_reading_ends_at_a_zero_length() -> None:
    assert split(bytes.fromhex("020106 00 020106")) == [(1, b"\x06")]


def test_a_structure_that_overruns_is_left_out() -> None:
    assert split(bytes.fromhex("020106 05ff4c00")) == [(1, b"\x06")]


def test_a_structure_too_long_for_its_length_byte_is_refused() -> None:
    assert len(join([(0xFF, bytes(254))])) == 256

    with pytest.raises(FrameError, match="255 bytes of data; at most 254"):
        join([(0xFF, bytes(255))])


def test_a_type_beyond_a_byte_is_refused() -> None:
    with pytest.raises(FrameError, match="AD type is 256"):
        join([(256, b"")])
