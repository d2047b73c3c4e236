"""Coupon codes: signed, checked, forgiving to the reader."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.ids import scope
from store_server.redemptions.coupon_code import (
    ALPHABET,
    MAC_BITS,
    authentic,
    grouped,
    new_code,
    parse,
    signing_key,
)
from store_server.shoppers.key_vault import KeyVault
from tests.store_server.redemptions.builders import KEY

SEEDS = st.integers(0, 2**32)


def a_normal_code(seed: int) -> str:
    code = parse(new_code(random.Random(seed), key=KEY))
    assert code is not None
    return code


def test_a_code_is_three_groups_of_seven_letters_and_digits() -> None:
    code = new_code(random.Random(7), key=KEY)

    assert [len(group) for group in code.split("-")] == [7, 7, 7]
    assert set(code) <= {*ALPHABET, "-"}


@given(SEEDS)
def test_our_own_code_is_read_and_authentic(seed: int) -> None:
    code = a_normal_code(seed)

    assert authentic(code, key=KEY)
    assert parse(grouped(code)) == code


@given(SEEDS, st.randoms())
def test_a_code_may_be_typed_carelessly(seed: int, rng: random.Random) -> None:
    code = a_normal_code(seed)

    looks_like = {"0": "0Oo", "1": "1IiLl"}
    typed = "".join(
        rng.choice(looks_like.get(one, one + one.lower())) + rng.choice(["", " ", "-"])
        for one in code
    )

    assert parse(typed) == code


@given(SEEDS, st.integers(0, 20), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(seed: int, place: int, wrong: str) -> None:
    code = a_normal_code(seed)

    changed = code[:place] + wrong + code[place + 1 :]

    assert changed == code or parse(changed) is None


@given(SEEDS, st.integers(0, 19))
def test_two_exchanged_neighbours_are_noticed(seed: int, place: int) -> None:
    code = a_normal_code(seed)

    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert swapped == code or parse(swapped) is None


@given(SEEDS)
def test_another_key_did_not_sign_it(seed: int) -> None:
    assert not authentic(a_normal_code(seed), key=b"x" * 32)


def test_a_made_up_body_with_a_good_check_character_is_not_authentic() -> None:
    body = random.Random(1).getrandbits(60) << MAC_BITS
    body += next(step for step in range(37) if (body + step) % 37 < 32)
    characters = [ALPHABET[body >> shift & 31] for shift in range(95, -1, -5)]

    made_up = parse("".join(characters) + ALPHABET[body % 37])

    assert made_up is not None
    assert not authentic(made_up, key=KEY)


@given(st.text())
def test_no_text_makes_reading_raise(text: str) -> None:
    code = parse(text)

    assert code is None or len(code) == 21


@pytest.mark.parametrize("text", ["", "-", "0" * 20, "0" * 22, "U" * 21, "é" * 21, "0" * 1_000])
def test_what_cannot_be_a_code_is_none(text: str) -> None:
    assert parse(text) is None


def test_each_store_signs_with_a_key_of_its_own() -> None:
    vault = KeyVault(b"d" * 32)

    keys = {signing_key(vault, scope("acme", store)) for store in ("north", "south")}

    assert len(keys) == 2
    assert all(len(key) == 32 for key in keys)


def test_ten_thousand_codes_are_ten_thousand() -> None:
    rng = random.Random(3)

    assert len({new_code(rng, key=KEY) for _ in range(10_000)}) == 10_000
