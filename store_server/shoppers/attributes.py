"""What a retailer says of its shoppers beside their purchases: attributes, typed by a schema.

An attribute is declared once (name, type, choices) and keeps its type: a segment that compares a
number must never meet a text. Values are checked when they come in; whoever reads them later
finds what the schema says, or nothing.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import assert_never

from store_server.errors import Unprocessable

AttributeValue = str | float | bool | date

MOST_ATTRIBUTES = 200
MOST_CHOICES = 200
MOST_CHARACTERS = 200
# Whole numbers up to here are exact in a double, so both engines and Python agree on them.
GREATEST_NUMBER = 1e15
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class AttributeType(StrEnum):
    """What values an attribute takes."""

    TEXT = "text"
    NUMBER = "number"
    BOOL = "bool"
    DATE = "date"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One declared attribute; `choices` of type choice only, `labels` by language for sentences."""

    name: str
    type: AttributeType
    choices: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    def label(self, language: str) -> str:
        """What it is called in a language; its name where nobody said."""
        return self.labels.get(language, self.name)


@dataclass(frozen=True, slots=True)
class AttributeProblem:
    """One mistake: where it stands, a stable code, what is wrong and what is expected."""

    where: str
    code: str
    text: str


class BadAttributes(Unprocessable):
    """Values or declarations of attributes that cannot be; `problems` names every one."""

    def __init__(self, problems: Iterable[AttributeProblem]) -> None:
        self.problems = tuple(problems)
        places = "; ".join(f"{one.where}: {one.text}" for one in self.problems[:3])
        super().__init__(places, code="bad_attributes")


def fold(text: str) -> str:
    """The form in which texts are compared: letter case and ways of composing do not count.

    Example:
        >>> fold("STRASSE") == fold("straße")
        True
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def check_attribute(attribute: Attribute) -> Attribute:
    """`attribute` itself, when it can be declared so.

    Raises:
        BadAttributes: its name is no name, or its choices do not fit its type.
    """
    problems: list[AttributeProblem] = []
    if not _NAME.fullmatch(attribute.name):
        text = "must be 1 to 40 of a-z, 0-9 and _, starting with a letter"
        problems.append(AttributeProblem("name", "bad_name", text))
    if (attribute.type is AttributeType.CHOICE) != bool(attribute.choices):
        text = "must list the choices for type choice, and be left out for every other type"
        problems.append(AttributeProblem("choices", "bad_choices", text))
    if len(set(attribute.choices)) != len(attribute.choices):
        problems.append(AttributeProblem("choices", "bad_choices", "must each be named once"))
    for number, choice in enumerate(attribute.choices):
        if not _is_text(choice):
            problems.append(AttributeProblem(f"choices.{number}", "bad_text", _TEXT_EXPECTED))
    if problems:
        raise BadAttributes(problems)
    return attribute


def read_values(
    given: Mapping[str, object], schema: Mapping[str, Attribute]
) -> dict[str, AttributeValue | None]:
    """Values as JSON gives them, made what the schema says; None stays None: take it away.

    Raises:
        BadAttributes: an attribute is not declared or a value is not of its type; every one.
    """
    values: dict[str, AttributeValue | None] = {}
    problems: list[AttributeProblem] = []
    for name, value in given.items():
        attribute = schema.get(name)
        where = f"attributes.{name[:40]}"
        if attribute is None:
            declared = ", ".join(sorted(schema)[:20]) or "none yet"
            text = f"is not declared; declare it by PUT /v1/attributes/NAME (declared: {declared})"
            problems.append(AttributeProblem(where, "unknown_attribute", text))
        elif value is None:
            values[name] = None
        elif (read := _read(value, attribute)) is None:
            problems.append(AttributeProblem(where, "bad_value", _expected(attribute)))
        else:
            values[name] = read
    if problems:
        raise BadAttributes(problems)
    return values


def _read(value: object, attribute: Attribute) -> AttributeValue | None:
    """The value in its own type; None when it is not of it."""
    match attribute.type:
        case AttributeType.TEXT:
            return value if isinstance(value, str) and _is_text(value) else None
        case AttributeType.CHOICE:
            return value if isinstance(value, str) and value in attribute.choices else None
        case AttributeType.BOOL:
            return value if isinstance(value, bool) else None
        case AttributeType.NUMBER:
            return _number(value)
        case AttributeType.DATE:
            return _date(value)
        case _:
            assert_never(attribute.type)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not abs(value) <= GREATEST_NUMBER or math.isnan(value):
        return None
    return float(value)


def _date(value: object) -> date | None:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _is_text(text: str) -> bool:
    # A lone surrogate cannot be stored, and control characters confuse whoever reads.
    return (
        0 < len(text) <= MOST_CHARACTERS
        and not any(unicodedata.category(one) in ("Cc", "Cs") for one in text)
        and len(fold(text)) > 0
    )


_TEXT_EXPECTED = f"must be a text of 1 to {MOST_CHARACTERS} characters without control characters"


def _expected(attribute: Attribute) -> str:
    match attribute.type:
        case AttributeType.TEXT:
            return _TEXT_EXPECTED
        case AttributeType.NUMBER:
            return "must be a number within 10^15, not a text"
        case AttributeType.BOOL:
            return "must be true or false"
        case AttributeType.DATE:
            return "must be a date like 1980-02-29"
        case AttributeType.CHOICE:
            return f"must be one of {', '.join(attribute.choices[:20])}"
        case _:
            assert_never(attribute.type)
