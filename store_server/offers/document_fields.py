"""What stands in a document: each value by key and kind, each mistake with its path.

Documents are TOML of a seed file, JSON of the API and the database; one reading for all three.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TypeVar

from store_server.errors import Unprocessable

T = TypeVar("T")
Document = Mapping[str, object]

CODE = "bad_document"
_KINDS: dict[type, str] = {str: "text", int: "a whole number", float: "a number"}


def require_known(document: Document, known: frozenset[str], *, path: str = "") -> None:
    """Nothing when every key of `document` is known.

    Raises:
        Unprocessable: one is not; the text names it, and what it may have been meant to be.
    """
    for key in document:
        if key not in known:
            near = get_close_matches(key, sorted(known), n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; known are {sorted(known)}"
            raise Unprocessable(f"{path}{key} is not known{hint}", code=CODE)


def need(document: Document, key: str, kind: type[T], *, path: str = "") -> T:
    """What stands under `key`, which must be there and of this kind."""
    if key not in document:
        raise Unprocessable(f"{path}{key} is missing; must be {_KINDS[kind]}", code=CODE)
    return typed(document[key], f"{path}{key}", kind)


def maybe(document: Document, key: str, kind: type[T], *, path: str = "") -> T | None:
    """What stands under `key`, of this kind; None when nothing does."""
    value = document.get(key)
    return None if value is None else typed(value, f"{path}{key}", kind)


def default_of(document: Document, key: str, default: T) -> T:
    """What stands under `key`, of the kind of `default`; the default when nothing does."""
    value = maybe(document, key, type(default))
    return default if value is None else value


def list_of(document: Document, key: str, kind: type[T]) -> list[T]:
    """The list under `key`, each of its entries of this kind; empty when nothing stands there."""
    value = document.get(key, [])
    if not isinstance(value, list | tuple):
        raise wrong(key, value, "a list")
    return [typed(item, f"{key}[{place}]", kind) for place, item in enumerate(value)]


def table(document: Document, key: str) -> Document:
    """The table under `key`, which must be there."""
    value = document.get(key)
    if not isinstance(value, Mapping):
        raise wrong(key, value, "a table")
    return value


def number(document: Document, key: str) -> float:
    """The number under `key`, whole or not."""
    value = document.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong(key, value, "a number")
    return float(value)


def instant(document: Document, key: str) -> datetime | None:
    """The instant under `key` in UTC; None when nothing stands there."""
    value = document.get(key)
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise wrong(key, value, "an RFC 3339 instant") from None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise wrong(key, str(value), "an instant with its offset, as 2026-03-01T00:00:00Z")
    return value.astimezone(UTC)


def typed(value: object, where: str, kind: type[T]) -> T:
    """`value`, when it is of this kind."""
    # A bool is an int in Python, but "budget_issues = true" is a mistake.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise wrong(where, value, _KINDS[kind])
    return value


def wrong(where: str, value: object, expected: str) -> Unprocessable:
    """The refusal of a value: where it stands, what it is, what it must be."""
    return Unprocessable(f"{where} is {value!r}; must be {expected}", code=CODE)


def instant_text(instant: datetime | None) -> str | None:
    """An instant as documents carry it."""
    return instant.isoformat().replace("+00:00", "Z") if instant is not None else None


def without_none(**entries: object) -> dict[str, object]:
    """The entries that say something."""
    return {key: value for key, value in entries.items() if value is not None}


def unless(value: T, usual: T) -> T | None:
    """The value, None when it is the usual one: what need not stand in a document."""
    return None if value == usual else value
