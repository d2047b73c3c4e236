"""A creative is text with three placeholders, never a program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.errors import Unprocessable
from store_server.offers.creative import BODY_LIMIT, TITLE_LIMIT, Creative, render


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
