"""Rotating ids follow the published algorithm, and valid ids cover a drifting clock."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_wire.errors import RotatingIdError
from proximity_wire.rotating_id import (
    EidSeries,
    derive_eid,
    key_from_ecdh,
    period_of,
    valid_ids,
)
from tests.proximity_wire.vectors import VECTORS

_TABLE = tomllib.loads((VECTORS / "rotating_ids.toml").read_text())
KEY = bytes.fromhex(_TABLE["published"]["identity_key"])

_keys = st.binary(min_size=16, max_size=16)
_exponents = st.integers(0, 15)
_instants = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize(("exponent", "t_s", "eid"), _TABLE["derived"]["ids"])
def test_an_id_is_the_published_one(exponent: int, t_s: int, eid: str) -> None:
    assert derive_eid(KEY, t_s=t_s, exponent=exponent).hex() == eid


def test_enrolment_agrees_on_the_published_key() -> None:
    part = {name: bytes.fromhex(text) for name, text in _TABLE["enrolment"].items()}

    key = key_from_ecdh(
        part["shared_secret"],
        resolver_public=part["resolver_public"],
        beacon_public=part["beacon_public"],
    )

    assert key == KEY


def test_an_all_zero_secret_is_refused() -> None:
    with pytest.raises(RotatingIdError, match="all zero"):
        key_from_ecdh(bytes(32), resolver_public=bytes(32), beacon_public=bytes(32))


def test_a_secret_of_another_length_is_refused() -> None:
    with pytest.raises(RotatingIdError, match="shared secret has 31 bytes; must be 32"):
        key_from_ecdh(bytes(31), resolver_public=bytes(32), beacon_public=bytes(32))


@given(_keys, _exponents, _instants)
def test_an_id_holds_for_its_whole_period(key: bytes, exponent: int, t_s: int) -> None:
    start_s = period_of(t_s, exponent) << exponent
    end_s = start_s + 2**exponent - 1

    assert derive_eid(key, t_s=t_s, exponent=exponent) == derive_eid(
        key, t_s=start_s, exponent=exponent
    )
    assert period_of(end_s, exponent) == period_of(t_s, exponent)


@given(_keys, _exponents, st.integers(2**15, 2**32 - 1 - 2**15))
def test_valid_ids_are_previous_current_and_next(key: bytes, exponent: int, t_s: int) -> None:
    period_s = 2**exponent

    ids = valid_ids(key, t_s=t_s, exponent=exponent)

    now = period_of(t_s, exponent)
    assert list(ids) == [now - 1, now, now + 1]
    assert list(ids.values()) == [
        derive_eid(key, t_s=t_s + shift_s, exponent=exponent)
        for shift_s in (-period_s, 0, period_s)
    ]


def test_valid_ids_follow_the_clock_offset_of_the_device() -> None:
    ids = valid_ids(KEY, t_s=10_000, exponent=10, clock_offset_s=-9_000)

    assert ids == valid_ids(KEY, t_s=1_000, exponent=10)
    assert ids[0].hex() == "b97ef0466857531c"


def test_the_first_period_has_no_previous_and_the_last_no_next() -> None:
    assert list(valid_ids(KEY, t_s=5, exponent=10)) == [0, 1]
    assert list(valid_ids(KEY, t_s=2**32 - 1, exponent=15)) == [2**17 - 2, 2**17 - 1]


def test_a_series_gives_the_same_ids_in_any_order() -> None:
    series = EidSeries(KEY, exponent=10)
    periods = [200, 3, 64, 63, 200, 0]

    seen = [series.id_of(period) for period in periods]

    assert seen == [derive_eid(KEY, t_s=period << 10, exponent=10) for period in periods]


@pytest.mark.parametrize(
    ("key", "t_s", "exponent", "named"),
    [
        (KEY[:15], 0, 10, "15 bytes; must be 16"),
        (KEY, 0, 16, "exponent is 16; must be 0..15"),
        (KEY, 0, -1, "exponent is -1"),
        (KEY, -1, 10, "device time is -1 s"),
        (KEY, 2**32, 10, "device time is 4294967296 s"),
    ],
)
def test_what_is_out_of_range_is_named(key: bytes, t_s: int, exponent: int, named: str) -> None:
    with pytest.raises(RotatingIdError, match=named):
        derive_eid(key, t_s=t_s, exponent=exponent)


def test_an_error_never_repeats_the_key() -> None:
    with pytest.raises(RotatingIdError) as caught:
        EidSeries(b"secret key", exponent=10)

    assert "secret" not in str(caught.value)
