"""Every advert of the table, whole, cut, lengthened and mixed; and bytes that mean nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_wire.frames import Foreign, IdentityFrame, decode_advert
from proximity_wire.frames.ad_structures import join, split
from tests.proximity_wire.vectors import ADVERTS, NOTHING, AdvertVector

every_advert = pytest.mark.parametrize("vector", ADVERTS, ids=lambda vector: vector.name)

_STARTS = sorted({vector.ad[at : at + 6] for vector in ADVERTS for at in (0, 3, 7)})


@every_advert
def test_an_advert_decodes_to_its_frame(vector: AdvertVector) -> None:
    assert decode_advert(vector.ad) == vector.frame
    assert type(decode_advert(vector.ad)) is type(vector.frame)


@pytest.mark.parametrize("name", NOTHING)
def test_bytes_that_say_nothing_decode_to_none(name: str) -> None:
    assert decode_advert(NOTHING[name]) is None


@every_advert
def test_every_truncation_says_nothing(vector: AdvertVector) -> None:
    for length in range(len(vector.ad)):
        assert decode_advert(vector.ad[:length]) is None, length


@every_advert
@pytest.mark.parametrize("trailing", ["00", "0000000000", "ff", "1e16aafe", "02010603ff9904"])
def test_trailing_bytes_change_nothing(vector: AdvertVector, trailing: str) -> None:
    assert decode_advert(vector.ad + bytes.fromhex(trailing)) == vector.frame


@every_advert
@pytest.mark.parametrize("change", [-1, 1])
def test_a_frame_of_another_length_is_not_that_frame(vector: AdvertVector, change: int) -> None:
    *before, (ad_type, data) = split(vector.ad)
    changed = data[:change] if change < 0 else data + b"\x00"

    found = decode_advert(join([*before, (ad_type, changed)]))

    # A web address and a foreign frame have no fixed length; an extra byte after a UUID is
    # the start of a next one; two reserved bytes of a UID may be missing, not one.
    if vector.name.startswith(("eddystone_url", "service_token")) or isinstance(
        vector.frame, Foreign
    ):
        assert found is None or type(found) is type(vector.frame)
    else:
        assert found is None


@every_advert
def test_a_frame_that_names_somebody_wins_over_one_that_does_not(vector: AdvertVector) -> None:
    eid = bytes.fromhex("0d16aafe30e34549445f74657374")

    found = decode_advert(vector.ad + eid)

    names_somebody = isinstance(vector.frame, IdentityFrame)
    assert found == (vector.frame if names_somebody else decode_advert(eid))


def test_the_first_of_two_nameless_frames_counts() -> None:
    apple = bytes.fromhex("0bff4c001006abe208fbf943")
    microsoft = bytes.fromhex("06ff0600010920")

    assert decode_advert(apple + microsoft) == Foreign("apple_continuity")
    assert decode_advert(microsoft + apple) == Foreign("microsoft")


@given(st.binary(max_size=80))
def test_no_bytes_raise(ad: bytes) -> None:
    decode_advert(ad)


@given(st.lists(st.tuples(st.sampled_from(_STARTS), st.binary(max_size=40)), max_size=4))
def test_no_bytes_after_a_known_start_raise(parts: list[tuple[bytes, bytes]]) -> None:
    decode_advert(b"".join(start + rest for start, rest in parts))


@given(st.sampled_from(ADVERTS), st.data())
def test_no_flipped_byte_raises(vector: AdvertVector, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(vector.ad) - 1))
    byte = data.draw(st.integers(0, 255))

    decode_advert(vector.ad[:at] + bytes((byte,)) + vector.ad[at + 1 :])
