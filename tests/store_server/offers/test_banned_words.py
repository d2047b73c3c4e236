"""A banned word is found however it is dressed, and ordinary words are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.offers.banned_words import BannedWords, banned_words

LIST = BannedWords(["free", "miracle cure", "бесплатно", "100% gratis"])


@pytest.mark.parametrize(
    "text",
    [
        "free bread",
        "FREE!",
        "Ｆｒｅｅ",
        "fr\u200bee",
        "fr\u00adee",
        "f\u0301r\u00e9e",
        "fr\u0435\u0435",
        "fr33",
        "f.r.e.e",
        "f r e e",
        "f-r-e-e",
        "$free$",
        "4free",
        "_free_",
    ],
)
def test_a_dressed_up_word_is_found(text: str) -> None:
    assert LIST.found_in(text) == ["free"]


@pytest.mark.parametrize("text", ["freedom", "carefree", "fee", "3 rolls for 4.50", "gratis", ""])
def test_an_ordinary_word_is_left_alone(text: str) -> None:
    assert LIST.found_in(text) == []


@pytest.mark.parametrize("text", ["a Miracle-Cure!", "miracle   cure", "m1racle, cure"])
def test_a_phrase_is_found_across_what_stands_between(text: str) -> None:
    assert LIST.found_in(text) == ["miracle cure"]


@pytest.mark.parametrize("text", ["БЕСПЛАТНО", "бecплaтнo"])
def test_a_russian_word_is_found_also_with_latin_letters_in_it(text: str) -> None:
    assert LIST.found_in(text) == ["бесплатно"]


def test_a_phrase_with_digits_bans_only_itself() -> None:
    assert LIST.found_in("100 % gratis") == ["100% gratis"]


def test_a_list_is_built_once() -> None:
    assert banned_words(("free",)) is banned_words(("free",))


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert set(LIST.found_in(text)) <= {"free", "miracle cure", "бесплатно", "100% gratis"}


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_word_on_its_own_is_found_in_any_surroundings(before: str, after: str) -> None:
    # A neighbour of one letter would make it a longer word; a line feed is no letter.
    assert "free" in LIST.found_in(f"{before}\nabc free abc\n{after}")
