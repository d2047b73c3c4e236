"""What a retailer tells of shoppers as it happens: events, of kinds that were declared before.

A kind says what its events may carry, typed like attributes, what purpose they are for and how
long they are kept. An event of no declared kind is refused: what nobody declared, nobody asked
the shopper for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from store_server.errors import Unprocessable
from store_server.ids import ShopperId
from store_server.shoppers.attributes import (
    Attribute,
    AttributeType,
    AttributeValue,
    BadAttributes,
    check_attribute,
    read_values,
)
from store_server.shoppers.consent import Purpose

MOST_FIELDS = 30
LONGEST_KEPT_DAYS = 1_095
# Clocks of phones and backends may be ahead by this much.
AHEAD = timedelta(minutes=5)
# Presence tells these itself; segments count them beside ours.
RESERVED = frozenset({"visit", "zone_stay"})
_KIND = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class EventField:
    """One thing that events of a kind say; `required` ones must be there."""

    attribute: Attribute
    required: bool = False


@dataclass(frozen=True, slots=True)
class EventKind:
    """A declared kind of event.

    `item_field` (text or choice) and `amount_field` (number) name the fields that segments count
    by; without one there is no item, and the amount is 0.
    """

    kind: str
    purpose: Purpose
    fields: tuple[EventField, ...] = ()
    item_field: str | None = None
    amount_field: str | None = None
    keep_days: int = 365

    @property
    def schema(self) -> dict[str, Attribute]:
        """The fields by name."""
        return {one.attribute.name: one.attribute for one in self.fields}


@dataclass(frozen=True, slots=True)
class GivenEvent:
    """An event as it came, not judged yet."""

    event_id: str
    shopper: str
    kind: str
    at: datetime
    said: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Event:
    """An event that fits its kind."""

    id: str
    shopper: ShopperId
    kind: str
    at: datetime
    said: Mapping[str, AttributeValue]
    item: str | None
    amount: int


class BadEvent(Unprocessable):
    """An event that cannot be taken; `code` says why, the text where and what is expected."""


def check_kind(kind: EventKind) -> EventKind:
    """`kind` itself, when it can be declared so.

    Raises:
        Unprocessable: its name, fields or days do not fit.
    """
    if not _KIND.fullmatch(kind.kind) or kind.kind in RESERVED:
        raise Unprocessable(
            "kind must be 1 to 64 of a-z, 0-9, _ and -, and none of " + ", ".join(sorted(RESERVED)),
            code="bad_kind",
        )
    if len(kind.fields) > MOST_FIELDS or len(kind.schema) != len(kind.fields):
        raise Unprocessable(
            f"fields must be at most {MOST_FIELDS}, each named once", code="bad_fields"
        )
    for one in kind.fields:
        check_attribute(one.attribute)
    _check_role(kind, "item_field", kind.item_field, (AttributeType.TEXT, AttributeType.CHOICE))
    _check_role(kind, "amount_field", kind.amount_field, (AttributeType.NUMBER,))
    if not 1 <= kind.keep_days <= LONGEST_KEPT_DAYS:
        raise Unprocessable(
            f"keep_days is {kind.keep_days}; must be 1..{LONGEST_KEPT_DAYS}", code="bad_keep_days"
        )
    return kind


def may_follow(new: EventKind, old: EventKind) -> bool:
    """Whether events that were taken as `old` are events of `new` too.

    Their purpose is what shoppers agreed to, and a field keeps its type; fields may be added, and
    events may be kept for less long.
    """
    return new.purpose == old.purpose and all(
        (field := new.schema.get(name)) is not None and field.type == attribute.type
        for name, attribute in old.schema.items()
    )


def read_event(given: GivenEvent, kinds: Mapping[str, EventKind], *, now: datetime) -> Event:
    """The event, judged by its kind alone; whether the shopper agreed is asked elsewhere.

    Raises:
        BadEvent: `unknown_kind`, `in_the_future`, `too_old` or `bad_values`.
    """
    kind = kinds.get(given.kind)
    if kind is None:
        declared = ", ".join(sorted(kinds)[:20]) or "none yet"
        raise BadEvent(
            f"kind: is not declared; declare it by PUT /v1/event-kinds/KIND (declared: {declared})",
            code="unknown_kind",
        )
    if given.at > now + AHEAD:
        raise BadEvent("at: lies in the future", code="in_the_future")
    if given.at <= now - timedelta(days=kind.keep_days):
        raise BadEvent(
            f"at: is older than the {kind.keep_days} days that this kind is kept", code="too_old"
        )
    said = _values(given, kind)
    item = said.get(kind.item_field) if kind.item_field is not None else None
    amount = said.get(kind.amount_field) if kind.amount_field is not None else None
    return Event(
        id=given.event_id,
        shopper=ShopperId(given.shopper),
        kind=given.kind,
        at=min(given.at, now),
        said=said,
        item=None if item is None else str(item),
        amount=round(amount) if isinstance(amount, float) else 0,
    )


def _values(given: GivenEvent, kind: EventKind) -> dict[str, AttributeValue]:
    try:
        read = read_values(given.said, kind.schema)
    except BadAttributes as error:
        problems = "; ".join(
            f"{one.where.replace('attributes.', 'said.', 1)}: {_text(one.code, one.text, kind)}"
            for one in error.problems[:5]
        )
        raise BadEvent(problems, code="bad_values") from None
    said = {name: value for name, value in read.items() if value is not None}
    missing = [one.attribute.name for one in kind.fields if one.required]
    missing = [name for name in missing if name not in said]
    if missing:
        raise BadEvent(f"said.{missing[0]}: is missing; this kind needs it", code="bad_values")
    return said


def _text(code: str, text: str, kind: EventKind) -> str:
    if code != "unknown_attribute":
        return text
    return f"is no field of this kind (fields: {', '.join(sorted(kind.schema)) or 'none'})"


def _check_role(
    kind: EventKind, role: str, name: str | None, types: tuple[AttributeType, ...]
) -> None:
    if name is None:
        return
    field = kind.schema.get(name)
    if field is None or field.type not in types:
        expected = " or ".join(one.value for one in types)
        raise Unprocessable(
            f"{role} is {name[:40]!r}; must be one of the fields, of type {expected}",
            code="bad_fields",
        )
