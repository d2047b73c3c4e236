"""Where a long list goes on: after which row, as it stands in an address."""

from store_server.errors import Unprocessable

Place = tuple[int, str]


def read_cursor(text: str) -> Place | None:
    """The place that an address names; None for the beginning.

    Raises:
        Unprocessable: it is none of ours.

    Example:
        >>> read_cursor("1700000000000.abc")
        (1700000000000, 'abc')
    """
    if not text:
        return None
    at_ms, _, name = text.partition(".")
    plain = at_ms.isascii() and at_ms.isdigit() and len(at_ms) <= 15
    if not plain or not name.isascii() or not name.isprintable() or len(name) > 120:
        raise Unprocessable("this is no place in the list; begin at the newest", code="bad_cursor")
    return int(at_ms), name


def write_cursor(place: Place | None) -> str | None:
    """The place as it stands in an address; None at the end."""
    return None if place is None else f"{place[0]}.{place[1]}"
