"""What a field of an offer or campaign may hold, and the sentence that says so when it does not.

Values check themselves when they are made, so that an offer that exists is an offer that can be
decided on; a seed file adds file and path to the same sentence.
"""

import re
from datetime import datetime

from store_server.errors import Unprocessable

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def require(condition: bool, *, where: str, value: object, expected: str, code: str) -> None:
    """Nothing when `condition` holds.

    Args:
        condition: what must be true.
        where: the thing and its field, such as `offer rye: margin_minor`.
        value: what stands there.
        expected: what may stand there.
        code: the reason code of the refusal.

    Raises:
        Unprocessable: it does not hold.
    """
    if not condition:
        raise Unprocessable(f"{where} is {value!r}; must be {expected}", code=code)


def require_slug(name: str, *, where: str, code: str) -> None:
    """Nothing when `name` can stand in a URL, a log and a key.

    Raises:
        Unprocessable: it cannot.
    """
    require(
        _SLUG.fullmatch(name) is not None,
        where=where,
        value=name,
        expected="1..64 of a-z 0-9 _ - and start with a letter or digit",
        code=code,
    )


def require_text(text: str, *, where: str, longest: int, code: str) -> None:
    """Nothing when `text` is 1..`longest` printable characters.

    Raises:
        Unprocessable: it is empty, too long or carries control characters.
    """
    require(
        len(text.strip()) > 0 and len(text) <= longest and text.isprintable(),
        where=where,
        value=text if len(text) <= longest else f"{text[:40]}... ({len(text)} characters)",
        expected=f"1..{longest} printable characters",
        code=code,
    )


def require_span(
    start: datetime | None, end: datetime | None, *, where: str, names: tuple[str, str], code: str
) -> None:
    """Nothing when both instants are aware and the first comes before the second.

    Raises:
        Unprocessable: one is naive, or they stand the wrong way round.
    """
    for name, instant in zip(names, (start, end), strict=True):
        require(
            instant is None or instant.tzinfo is not None,
            where=f"{where}: {name}",
            value=str(instant),
            expected="an instant with its offset, such as 2026-03-01T00:00:00Z",
            code=code,
        )
    require(
        start is None or end is None or start < end,
        where=f"{where}: {names[1]}",
        value=str(end),
        expected=f"after {names[0]} ({start})",
        code=code,
    )
