"""What receivers answer, as the delivery log may keep it: cut, printable, and naming nobody.

A receiver may repeat what it was sent: an address in a bounce, a shopper's id in an error page. The
log is read by operators and must not become a second place where people are kept. So what the try
itself knows of a person is struck out by name, and what looks like an address, a number, a coupon
or a key by its form.
"""

import re
from collections.abc import Iterable

BODY_KEPT = 500
# Shorter ones ("s1") would strike out pieces of ordinary words.
SHORTEST_HIDDEN = 3

# In this order: an address may hold digits, a key may hold what looks like a coupon.
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[^\s<>\"'(),;:]{1,64}@[^\s<>\"'(),;:]{1,255}"), "[address]"),
    (
        re.compile(r"\b[0-9A-HJKMNP-TV-Z]{7}-[0-9A-HJKMNP-TV-Z]{7}-[0-9A-HJKMNP-TV-Z]{7}\b"),
        "[code]",
    ),
    (re.compile(r"(?i)\b(?:bearer|basic)\s+[\w.~+/=-]{8,}"), "[key]"),
    (re.compile(r"\bwhsec_[\w+/=-]+"), "[key]"),
    (re.compile(r"(?<![\w-])\+?\d(?:[ ().-]{0,2}\d){6,}(?![\w-])"), "[number]"),
    (re.compile(r"(?<![\w-])(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{32,}"), "[key]"),
)


def log_text(answer: bytes, *, hide: Iterable[str] = ()) -> str:
    """The start of an answer as the log keeps it: at most BODY_KEPT characters.

    Args:
        answer: as it was received.
        hide: what is known of the person; each is struck out, in any case of letters.

    Example:
        >>> log_text(b"550 <ann@example.org>: no such user", hide=["ann"])
        '550 <[address]>: no such user'
    """
    return scrubbed(answer[:BODY_KEPT].decode("utf-8", errors="replace"), hide=hide)


def error_text(error: Exception, *, hide: Iterable[str] = ()) -> str:
    """An error as the log keeps it."""
    return scrubbed(f"{type(error).__name__}: {error}", hide=hide)


def scrubbed(text: str, *, hide: Iterable[str] = ()) -> str:
    """Printable, at most BODY_KEPT characters, without what names somebody."""
    clean = "".join(one if one.isprintable() else " " for one in text)
    for known in sorted({one for one in hide if len(one) >= SHORTEST_HIDDEN}, key=len)[::-1]:
        clean = re.sub(re.escape(known), "[hidden]", clean, flags=re.IGNORECASE)
    for form, name in _FORMS:
        clean = form.sub(name, clean)
    return clean[:BODY_KEPT]
