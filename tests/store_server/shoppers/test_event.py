import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.errors import Unprocessable
from store_server.shoppers.attributes import Attribute, AttributeType
from store_server.shoppers.consent import Purpose
from store_server.shoppers.event import (
    BadEvent,
    EventField,
    EventKind,
    GivenEvent,
    check_kind,
    may_follow,
    read_event,
)
from tests.store_server.shoppers.builders import MONDAY

RATED = EventKind(
    "rated",
    Purpose.PROFILE,
    (
        EventField(Attribute("product", AttributeType.TEXT), required=True),
        EventField(Attribute("stars", AttributeType.NUMBER)),
    ),
    item_field="product",
    amount_field="stars",
    keep_days=30,
)
KINDS = {"rated": RATED}


def an_event(**values: object) -> GivenEvent:
    said = {"product": "bread", "stars": 4}
    given = GivenEvent("e-1", "ann", "rated", MONDAY, said)
    return replace(given, **values)  # type: ignore[arg-type] # only handed on


def test_an_event_that_fits_is_read() -> None:
    event = read_event(an_event(), KINDS, now=MONDAY)

    assert (event.item, event.amount) == ("bread", 4)
    assert event.said == {"product": "bread", "stars": 4.0}


@pytest.mark.parametrize(
    ("values", "code", "text"),
    [
        ({"kind": "loved"}, "unknown_kind", "PUT /v1/event-kinds"),
        ({"at": MONDAY + timedelta(minutes=6)}, "in_the_future", "future"),
        ({"at": MONDAY - timedelta(days=30)}, "too_old", "30 days"),
        ({"said": {"stars": 4}}, "bad_values", "said.product: is missing"),
        ({"said": {"product": "x", "stars": "4"}}, "bad_values", "said.stars: must be a number"),
        ({"said": {"product": "x", "mood": "4"}}, "bad_values", "fields: product, stars"),
    ],
)
def test_what_does_not_fit_says_where_and_what_is_expected(
    values: dict[str, object], code: str, text: str
) -> None:
    with pytest.raises(BadEvent, match=text) as refusal:
        read_event(an_event(**values), KINDS, now=MONDAY)

    assert refusal.value.code == code


@given(
    st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text(), max_size=4)
)
def test_whatever_an_event_says_it_is_read_or_refused(said: dict[str, object]) -> None:
    with contextlib.suppress(BadEvent):
        event = read_event(an_event(said=said), KINDS, now=MONDAY)
        assert set(event.said) <= set(RATED.schema)
        assert event.item is not None


def test_a_clock_that_is_ahead_a_little_means_now() -> None:
    event = read_event(an_event(at=MONDAY + timedelta(minutes=4)), KINDS, now=MONDAY)

    assert event.at == MONDAY


@pytest.mark.parametrize(
    "wrong",
    [
        replace(RATED, kind="visit"),
        replace(RATED, kind="Has Blanks"),
        replace(RATED, item_field="stars"),
        replace(RATED, amount_field="absent"),
        replace(RATED, keep_days=0),
        replace(RATED, fields=RATED.fields * 2),
    ],
)
def test_a_kind_that_cannot_be_is_refused(wrong: EventKind) -> None:
    with pytest.raises(Unprocessable):
        check_kind(wrong)


def test_a_kind_in_use_may_grow_but_not_change_its_meaning() -> None:
    more = EventField(Attribute("reason", AttributeType.TEXT))
    other = EventField(Attribute("stars", AttributeType.TEXT))

    assert check_kind(RATED) == RATED
    assert may_follow(replace(RATED, fields=(*RATED.fields, more), keep_days=9), RATED)
    assert not may_follow(replace(RATED, purpose=Purpose.OFFERS), RATED)
    assert not may_follow(replace(RATED, fields=(RATED.fields[0], other)), RATED)
    assert not may_follow(replace(RATED, fields=()), RATED)
