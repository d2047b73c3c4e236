"""The other ways in which a coupon is shown: digits for tills that read no letters, tickets."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.redemptions.coupon_code import CouponKeys, gs1_digits, new_code, parse
from store_server.redemptions.coupon_ticket import (
    EPOCH,
    MAX_FACE_VALUE_MINOR,
    Ticket,
    read_ticket,
    write_ticket,
)
from tests.store_server.redemptions.builders import KEY

SEEDS = st.integers(0, 2**32)
OVER = datetime(2026, 3, 4, 13, tzinfo=UTC)


def a_normal_code(seed: int = 7) -> str:
    return parse(new_code(random.Random(seed), key=KEY)) or ""


def a_ticket(seed: int = 7, *, face_value_minor: int = 50) -> str:
    return write_ticket(Ticket(a_normal_code(seed), face_value_minor, OVER), key=KEY)


@given(SEEDS)
def test_the_digits_mean_the_code(seed: int) -> None:
    code = a_normal_code(seed)
    digits = gs1_digits(code)

    assert len(digits) == 36
    assert parse(digits) == code


@pytest.mark.parametrize("prefix", ["", "91", "(91)", "]C191", "\x1d91", "]c1(91) "])
def test_a_scanner_may_say_more_than_the_digits(prefix: str) -> None:
    code = a_normal_code()

    assert parse(prefix + gs1_digits(code).removeprefix("(91)")) == code


@given(SEEDS, st.integers(0, 31), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(seed: int, place: int, off: int) -> None:
    digits = gs1_digits(a_normal_code(seed)).removeprefix("(91)")

    wrong = digits[:place] + str((int(digits[place]) + off) % 10) + digits[place + 1 :]

    assert parse(wrong) is None


def test_digits_of_another_identifier_are_no_coupon() -> None:
    assert parse("21" + gs1_digits(a_normal_code()).removeprefix("(91)")) is None


@given(SEEDS, st.integers(0, MAX_FACE_VALUE_MINOR), st.integers(0, 2**25 - 1))
def test_a_ticket_says_what_it_is_worth_and_until_when(seed: int, face: int, minute: int) -> None:
    ticket = Ticket(a_normal_code(seed), face, EPOCH + timedelta(minutes=minute))

    text = write_ticket(ticket, key=KEY)

    assert len(text) == 38
    assert text.isalnum()
    assert read_ticket(text, key=KEY) == ticket
    assert parse(text) == ticket.code


@given(st.integers(0, 37), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_a_changed_ticket_is_none(place: int, character: str) -> None:
    text = a_ticket()

    changed = text[:place] + character + text[place + 1 :]

    assert changed == text or read_ticket(changed, key=KEY) is None


def test_a_ticket_of_another_store_is_none() -> None:
    assert read_ticket(a_ticket(), key=b"x" * 32) is None


@given(st.text())
def test_no_text_makes_reading_a_ticket_raise(text: str) -> None:
    assert read_ticket(text, key=KEY) is None


def test_what_is_worth_too_much_for_a_ticket_is_shown_as_its_code() -> None:
    assert a_ticket(face_value_minor=MAX_FACE_VALUE_MINOR + 1) == a_normal_code()


def test_codes_of_the_key_before_are_still_ours() -> None:
    keys = CouponKeys((b"n" * 32, KEY))

    assert keys.signing == b"n" * 32
    assert keys.authentic(a_normal_code())
    assert not CouponKeys((b"n" * 32,)).authentic(a_normal_code())
