"""A creative is text with three placeholders, never a program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.errors import Unprocessable
from store_server.offers.banned_words import BannedWords
from store_server.offers.channel import FORMS, ReadingChannel
from store_server.offers.creative import (
    BODY_LIMIT,
    TITLE_LIMIT,
    Creative,
    Wording,
    creative_for,
    render,
    say,
    split_key,
)


@pytest.mark.parametrize(
    "text",
    [
        "{offer.__class__}",
        "{0}",
        "{}",
        "{offer!r}",
        "{offer:>99}",
        "{shopper}",
        "open {",
        "} close",
    ],
)
def test_anything_but_the_plain_placeholders_is_refused(text: str) -> None:
    with pytest.raises(Unprocessable) as caught:
        Creative("title", text)

    assert caught.value.code == "bad_creative"


@pytest.mark.parametrize("text", ["", "  ", "x" * (TITLE_LIMIT + 1), "two\nlines"])
def test_a_title_is_one_line_within_its_limit(text: str) -> None:
    with pytest.raises(Unprocessable, match="creative: title"):
        Creative(text, "body")


def test_placeholders_are_filled() -> None:
    creative = Creative("{offer}", "{value} off {offer} in {zone}")

    said = render(creative, {"offer": "Rye", "value": "0.50 EUR", "zone": "Bakery"})

    assert (said.title, said.body) == ("Rye", "0.50 EUR off Rye in Bakery")


def test_a_value_is_never_read_as_a_placeholder() -> None:
    said = render(Creative("{offer}", "body"), {"offer": "{value}", "value": "secret"})

    assert said.title == "{value}"


def test_control_and_direction_characters_of_a_value_are_dropped() -> None:
    said = render(Creative("{offer}", "body"), {"offer": "a\u202eb\x00c\nd"})

    assert said.title == "abcd"


@given(st.dictionaries(st.sampled_from(["offer", "value", "zone"]), st.text(max_size=500)))
def test_whatever_the_values_the_limits_hold(values: dict[str, str]) -> None:
    creative = Creative("{offer}{value}{zone}", "{offer}" * 50)

    said = render(creative, values)

    assert len(said.title) <= TITLE_LIMIT
    assert len(said.body) <= BODY_LIMIT


def test_liquid_takes_the_same_names_and_the_shoppers() -> None:
    creative = Creative("{{ offer }}", "{{ shopper.name }}: {{ value }}", Wording.LIQUID)

    said = render(creative, {"offer": "Rye", "value": "0.50"}, shopper={"name": "<Ann>\n"})

    assert (said.title, said.body) == ("Rye", "<Ann>: 0.50")


def test_an_html_channel_gets_escaped_values() -> None:
    creative = Creative("{{ offer }}", "<b>{{ shopper.name }}</b>", Wording.LIQUID)

    said = render(creative, {}, shopper={"name": "<i>"}, form=FORMS[ReadingChannel.EMAIL])

    assert said.body == "<b>&lt;i&gt;</b>"


def test_what_a_channel_does_not_show_is_cut_and_said_to_be() -> None:
    said = render(Creative("x" * 40, "body"), {}, form=FORMS[ReadingChannel.SMS])

    assert said.title == "x" * 32 + "…"
    assert said.is_cut


@pytest.mark.parametrize(
    ("language", "channel", "found"),
    [
        ("es-MX", ReadingChannel.RECEIPT, "es@receipt"),
        ("es", ReadingChannel.PUSH, "es"),
        ("es", None, "es"),
        ("en-GB", ReadingChannel.RECEIPT, "en-gb"),
    ],
)
def test_the_words_of_the_channel_go_before_those_for_all(
    language: str, channel: ReadingChannel | None, found: str
) -> None:
    words = {key: Creative(key, "body") for key in ("es", "es@receipt", "en", "en-gb")}

    chosen = creative_for(language, words, channel)

    assert chosen is not None
    assert chosen.title == found


@pytest.mark.parametrize("key", ["EN", "en@", "en@pager", "english-", "", "en@RECEIPT"])
def test_a_key_is_a_language_and_perhaps_a_channel(key: str) -> None:
    with pytest.raises(Unprocessable, match="must be a language in lower case"):
        split_key(key)


def test_a_shopper_who_lacks_a_name_still_hears_of_the_offer() -> None:
    creative = Creative("{{ offer }}", "{{ shopper.name }}, look", Wording.LIQUID)

    said = say(creative, {"offer": "Rye", "value": "0.50"}, shopper={})

    assert (said.title, said.body) == ("Rye", "Rye 0.50")


def test_a_banned_word_out_of_a_value_is_not_said() -> None:
    creative = Creative("{{ offer }}", "{{ shopper.name }}, look", Wording.LIQUID)

    said = say(
        creative, {"offer": "Rye"}, shopper={"name": "Fr\u0435e"}, banned=BannedWords(["free"])
    )

    assert said.body == "Rye "
