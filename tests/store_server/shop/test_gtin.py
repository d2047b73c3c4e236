"""GTINs: check digits, lengths, and the web addresses that name them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.shop.gtin import LENGTHS, check_digit, gtin_of, spellings

DIGITS = st.text("0123456789", min_size=13, max_size=13)


# The examples of the GS1 General Specifications and of its check digit page.
@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("96385074", "00000096385074"),
        ("614141007349", "00614141007349"),
        ("4006381333931", "04006381333931"),
        ("09506000134352", "09506000134352"),
        ("https://id.gs1.org/01/09506000134352", "09506000134352"),
        ("https://shop.example/some/stem/01/9506000134352/10/AB-1?17=271231", "09506000134352"),
        ("HTTPS://shop.example/01/9506000134352?x=/01/1", "09506000134352"),
    ],
)
def test_every_length_and_a_digital_link_name_the_article(text: str, gtin: str) -> None:
    assert gtin_of(text) == gtin


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4006",
        "4006381333932",
        "40063813339310",
        "https://shop.example/4006381333931",
        "https://shop.example/01/4006381333932",
        "https:///01/4006381333931",
        "mailto:a@b/01/4006381333931",
        "/01/4006381333931",
        "\u0664006381333931",
    ],
)
def test_what_is_no_gtin_is_none(text: str) -> None:
    assert gtin_of(text) is None


@given(DIGITS, st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(digits: str, place: int, off: int) -> None:
    gtin = digits + check_digit(digits)

    wrong = gtin[:place] + str((int(gtin[place]) + off) % 10) + gtin[place + 1 :]

    assert gtin_of(gtin) == gtin
    assert gtin_of(wrong) is None


@given(DIGITS)
def test_every_spelling_is_the_same_article(digits: str) -> None:
    gtin = digits + check_digit(digits)

    written = spellings(gtin)

    assert {len(one) for one in written} <= set(LENGTHS)
    assert {gtin_of(one) for one in written} == {gtin}


@given(st.text())
def test_no_text_makes_reading_raise(text: str) -> None:
    assert gtin_of(f"https://x/01/{text}") is None or gtin_of(text) is not None
