"""Liquid says what it should, and no text of any marketer takes more than its bounds."""

import sys
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from store_server.offers.liquid_text import (
    OUTPUT_LIMIT,
    SOURCE_LIMIT,
    TemplateRefused,
    Values,
    check_liquid,
    fill_liquid,
)

VALUES: Values = {"offer": "Rye", "value": "0.50", "shopper": {"name": "Ann", "age": 41}}
# Python calls of one text, reading and filling; the worst ones found by the tests take a third.
CALLS_MOST = 300_000
BYTES_MOST = 16_000_000

PIECES = st.sampled_from(
    """{{ }} {% %} | : , . ' " ( ) [ ] - == endfor if endif else case when unless offer nil blank
    shopper.name shopper a i forloop.index 1..9 9e9 join raw é\u202e for_i_in_(1..50) assign_a_=
    append:_a times:_999999999 split:_'' round:_9999 truncate:_9999 slice:_0,_9999 default:_'x'
    divided_by:_0 include_'a' _""".replace("\n", " ").split(" ")
).map(lambda piece: piece.replace("_", " "))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ offer }} for {{ shopper.name }}", "Rye for Ann"),
        ("{% if shopper.age > 40 %}you{% else %}thou{% endif %}", "you"),
        ("{{ shopper.nick | default: 'friend' | capitalize }}", "Friend"),
        (
            "{% for n in (1..3) %}{{ n }}{% unless forloop.last %}, {% endunless %}{% endfor %}",
            "1, 2, 3",
        ),
        ("{% assign two = 1 | plus: 1 %}{{ two }}", "2"),
    ],
)
def test_what_a_marketer_needs_works(source: str, said: str) -> None:
    assert fill_liquid(source, VALUES) == said


@pytest.mark.parametrize(
    "source",
    [
        "{{ nick }}",
        "{{ shopper.nick }}",
        "{% if shopper.nick %}x{% endif %}",
        "{{ offer.__class__ }}",
        "{{ offer | date: '%999999999d' }}",
        "{{ offer | replace: 'R', offer }}",
        "{{ offer | nosuch }}",
        "{% include 'other' %}",
        "{% render 'other' %}",
        "{% capture a %}x{% endcapture %}",
        "{{ 1 | divided_by: 0 }}",
        "{% if " + "a and " * 300 + "a %}x{% endif %}",
        "{% if 1 %}" * 20 + "{% endif %}" * 20,
        "{{",
        "x" * (SOURCE_LIMIT + 1),
    ],
)
def test_what_is_wrong_comes_out_as_the_one_named_error(source: str) -> None:
    with pytest.raises(TemplateRefused, match=r"^creative: ") as caught:
        fill_liquid(source, VALUES)

    assert caught.value.code == "bad_creative"


def test_a_text_that_cannot_be_read_is_refused_before_it_is_used() -> None:
    with pytest.raises(TemplateRefused, match="unexpected tag 'include'"):
        check_liquid("{% include 'other' %}")


def test_a_value_is_never_read_as_a_template() -> None:
    assert fill_liquid("{{ offer }}", {"offer": "{{ shopper }}"}) == "{{ shopper }}"


def cost(work: Callable[[], object]) -> tuple[int, int]:
    """Python and C calls made, and the most bytes held at once."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    tracemalloc.start()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return calls, peak


def filled(source: str) -> str:
    try:
        return fill_liquid(source, VALUES)
    except TemplateRefused:
        return ""


GREEDY = [
    "{% for i in (1..50) %}{{ i }}{% endfor %}" * 45,
    "{% for i in (1..50) %}{% for j in (1..50) %}x{% endfor %}{% endfor %}" * 20,
    "{% for i in (1..999999999999) %}{% endfor %}",
    "{% assign a = 'aaaaaaaa' %}" + "{% assign a = a | append: a %}" * 60 + "{{ a }}",
    "{% assign a = 9 %}" + "{% assign a = a | times: a %}" * 60 + "{{ a }}",
    "{% assign a = 'xxxxxxxx' | split: '' %}" + "{% for b in a %}{{ a }}{% endfor %}" * 50,
    "{{ " + "9" * 1900 + " | round: 999 }}",
    "{% for i in (1..50) %}{% assign a = offer" + " | append: offer" * 100 + " %}{% endfor %}",
    "{% if " + "a == 1 or " * 190 + "1 %}x{% endif %}",
    "{{ offer" + " | upcase" * 215 + " }}",
    "{" * SOURCE_LIMIT,
    "{{" * (SOURCE_LIMIT // 2),
    "{%" * (SOURCE_LIMIT // 2),
    "{% if x" + "[" * 900 + "]" * 900 + " %}{% endif %}",
]


@pytest.mark.parametrize("source", GREEDY)
def test_a_greedy_text_stays_within_its_bounds(source: str) -> None:
    calls, peak = cost(lambda: filled(source))

    assert calls <= CALLS_MOST
    assert peak <= BYTES_MOST


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
@example("{% for i in (1..50) %}{{ i | times: 999999999 }}{% endfor %}")
def test_any_text_is_filled_or_refused_within_its_bounds(source: str) -> None:
    said: list[str] = []

    calls, peak = cost(lambda: said.append(filled(source)))

    assert len(said[0].encode()) <= OUTPUT_LIMIT
    assert calls <= CALLS_MOST
    assert peak <= BYTES_MOST


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.text(max_size=50))
def test_any_characters_are_filled_or_refused(source: str, value: str) -> None:
    assert isinstance(filled(f"{source}{{{{ offer }}}}{value}"), str)
