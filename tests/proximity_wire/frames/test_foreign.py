"""Other people's devices are recognised by family, and nothing more is kept of them."""

from typing import get_args

import pytest

from proximity_wire.errors import FrameError
from proximity_wire.frames import Foreign, decode_advert, encode_foreign
from proximity_wire.frames.foreign import ForeignName

FAMILIES: tuple[ForeignName, ...] = get_args(ForeignName)
_FIRST_BYTE = {"find_hub": b"\x40"}


@pytest.mark.parametrize("name", FAMILIES)
def test_noise_of_a_family_is_recognised_as_it(name: ForeignName) -> None:
    payload = _FIRST_BYTE.get(name, b"\x10") + b"\x01\x02\x03"

    assert decode_advert(encode_foreign(Foreign(name), payload=payload)) == Foreign(name)


@pytest.mark.parametrize("name", FAMILIES)
def test_only_the_family_is_kept(name: ForeignName) -> None:
    assert Foreign(name)._fields == ("name",)


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("apple_continuity", b"\x02\x15"),
        ("apple_continuity", b""),
        ("microsoft", b"\xbe\xac"),
        ("find_hub", b"\x30"),
    ],
)
def test_noise_that_would_be_something_else_is_refused(name: ForeignName, payload: bytes) -> None:
    with pytest.raises(FrameError, match=name):
        encode_foreign(Foreign(name), payload=payload)


def test_a_broken_ibeacon_is_not_counted_as_a_phone() -> None:
    assert decode_advert(bytes.fromhex("0201060bff4c000215010203040506")) is None
