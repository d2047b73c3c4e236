"""What the encoders make is what the decoder reads; what does not fit is refused by name."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_wire.errors import FrameError
from proximity_wire.frames import (
    AltBeacon,
    EddystoneEid,
    EddystoneEtlm,
    EddystoneTlm,
    EddystoneUid,
    EddystoneUrl,
    Foreign,
    Frame,
    IBeacon,
    ServiceToken,
    decode_advert,
)
from proximity_wire.frames.ad_structures import MAX_LEGACY_BYTES
from tests.proximity_wire.vectors import CANONICAL, AdvertVector, encode

ENCODABLE = [vector for vector in CANONICAL if not isinstance(vector.frame, Foreign)]

_int8 = st.integers(-128, 127)
_uint16 = st.integers(0, 0xFFFF)
_uint32 = st.integers(0, 0xFFFFFFFF)


def _hex(size: int) -> st.SearchStrategy[str]:
    return st.binary(min_size=size, max_size=size).map(bytes.hex)


_uuids = st.uuids().map(str)
_urls = st.builds(
    lambda scheme, rest: scheme + rest,
    st.sampled_from(["http://", "https://", "http://www.", "https://www."]),
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=17),
)
_FRAMES: st.SearchStrategy[Frame] = st.one_of(
    st.builds(IBeacon, _uuids, _uint16, _uint16, _int8),
    st.builds(AltBeacon, _uint16, _hex(20), _int8, st.integers(0, 255)),
    st.builds(EddystoneUid, _hex(10), _hex(6), _int8),
    st.builds(EddystoneEid, _hex(8), _int8),
    st.builds(
        EddystoneTlm,
        st.none() | st.integers(1, 0xFFFF),
        st.none() | st.integers(-0x7FFF, 0x7FFF).map(lambda steps: steps / 256),
        _uint32,
        _uint32,
    ),
    st.builds(EddystoneEtlm, _hex(12), _hex(2), _hex(2)),
    st.builds(EddystoneUrl, _urls, _int8),
    st.builds(ServiceToken, _hex(8)),
)


@pytest.mark.parametrize("vector", ENCODABLE, ids=lambda vector: vector.name)
def test_a_frame_encodes_to_its_advert(vector: AdvertVector) -> None:
    assert encode(vector.frame) == vector.ad


@given(_FRAMES)
def test_what_is_encoded_decodes_to_the_same(frame: Frame) -> None:
    ad = encode(frame)

    assert decode_advert(ad) == frame
    assert len(ad) <= MAX_LEGACY_BYTES


_UUID = "1e2feb89-414c-343c-1027-c4d1c386bbc4"
_REFUSED: list[tuple[Frame, str]] = [
    (IBeacon("1e2f", 1, 1, -59), "uuid"),
    (IBeacon(_UUID.replace("1e", "zz"), 1, 1, -59), "uuid"),
    (IBeacon(_UUID, 65536, 1, -59), "major"),
    (IBeacon(_UUID, 1, -1, -59), "minor"),
    (IBeacon(_UUID, 1, 1, 128), "power"),
    (AltBeacon(65536, "00" * 20, -60, 0), "company"),
    (AltBeacon(1, "00" * 19, -60, 0), "id"),
    (AltBeacon(1, "00" * 20, -60, 256), "reserved"),
    (EddystoneUid("00" * 9, "00" * 6, -20), "namespace"),
    (EddystoneUid("00" * 10, "00 " * 6, -20), "instance"),
    (EddystoneEid("00" * 7, -20), "EID"),
    (EddystoneTlm(0, None, 0, 0), "battery_mv"),
    (EddystoneTlm(None, 128.0, 0, 0), "temperature"),
    (EddystoneTlm(None, None, 2**32, 0), "advert_count"),
    (EddystoneEtlm("00", "0000", "0000"), "ciphertext"),
    (EddystoneUrl("ftp://x", 0), "http"),
    (EddystoneUrl("http://" + "x" * 18, 0), "18 bytes"),
    (EddystoneUrl("http://a b", 0), "printable"),
    (EddystoneUrl("http://ä", 0), "printable"),
    (ServiceToken("00"), "EID"),
]


@pytest.mark.parametrize(("frame", "named"), _REFUSED, ids=lambda value: str(value)[:60])
def test_a_value_that_does_not_fit_is_named(frame: Frame, named: str) -> None:
    with pytest.raises(FrameError, match=named):
        encode(frame)


@pytest.mark.parametrize(
    ("shape", "kind", "identity"),
    [
        (lambda: IBeacon(_UUID, 25, 7, -59), "ibeacon", f"{_UUID}:25:7"),
        (lambda: AltBeacon(1, "ab" * 20, -59, 0), "altbeacon", "ab" * 20),
        (lambda: EddystoneUid("ab" * 10, "cd" * 6, -18), "uid", "ab" * 10 + "cd" * 6),
        (lambda: EddystoneEid("ab" * 8, -18), "eid", "ab" * 8),
    ],
)
def test_a_frame_that_names_somebody_says_kind_identity_and_power(
    shape: Callable[[], Any], kind: str, identity: str
) -> None:
    frame = shape()

    assert (frame.kind, frame.identity, frame.measured_power_1m_dbm) == (kind, identity, -59)


def test_a_token_says_no_power_but_its_uuid() -> None:
    token = ServiceToken("436bfe57d5a00505")

    assert (token.kind, token.identity, token.measured_power_1m_dbm) == ("token", token.eid, None)
    assert token.service_uuid == "214f1de1-c3d0-8d75-436b-fe57d5a00505"


@pytest.mark.parametrize(
    "frame",
    [
        IBeacon(_UUID, 1, 1, 127),
        IBeacon(_UUID, 1, 1, -128),
        AltBeacon(1, "00" * 20, 21, 0),
        EddystoneUid("00" * 10, "00" * 6, -128),
        EddystoneEid("00" * 8, 62),
    ],
)
def test_a_power_that_cannot_be_meant_is_none(
    frame: IBeacon | AltBeacon | EddystoneUid | EddystoneEid,
) -> None:
    assert frame.measured_power_1m_dbm is None
