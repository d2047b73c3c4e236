"""Global Trade Item Numbers as bar codes and GS1 Digital Links carry them.

A GTIN has 8, 12, 13 or 14 digits, the last one a check digit; with zeros in front all of them
are one number of 14. A GS1 Digital Link is a web address that names an article behind `/01/`:
`https://shop.example/01/09506000134352/10/AB-1?17=271231`.

Source: GS1 General Specifications, 3.3.2 (GTIN), 7.9.1 (check digit); GS1 Digital Link Standard:
URI Syntax 1.4, section 4 (primary keys `01`; the path may have any stem before it).
"""

import re

LENGTHS = (8, 12, 13, 14)
_LONGEST = 14
# https://, host, any path, and the key with its value before the next slash, query or end.
_LINKED = re.compile(r"https?://[^/?#\s]+(?:/[^?#\s]*)?/01/([0-9]{8,14})(?=[/?#]|$)", re.I)


def check_digit(digits: str) -> str:
    """The digit that completes `digits`: weights 3 and 1 in turn, from the right.

    Example:
        >>> check_digit("629104150021")
        '3'
    """
    weighed = sum(
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))
    )
    return str(-weighed % 10)


def gtin_of(text: str) -> str | None:
    """The 14 digits of a GTIN or of the one in a GS1 Digital Link; None when it is neither.

    Never raises: what is scanned may be anything.

    Example:
        >>> gtin_of("4006381333931")
        '04006381333931'
        >>> gtin_of("https://id.example/01/9506000134352/10/A1?17=271231")
        '09506000134352'
    """
    digits = text if text.isascii() and text.isdigit() else _linked(text)
    if digits is None or len(digits) not in LENGTHS or check_digit(digits[:-1]) != digits[-1]:
        return None
    return digits.zfill(_LONGEST)


def spellings(gtin: str) -> tuple[str, ...]:
    """Every length that the 14 digits can be written in, the longest first.

    Example:
        >>> spellings("00000096385074")
        ('00000096385074', '0000096385074', '000096385074', '96385074')
    """
    return tuple(
        gtin[-length:] for length in reversed(LENGTHS) if set(gtin[: _LONGEST - length]) <= {"0"}
    )


def _linked(text: str) -> str | None:
    found = _LINKED.match(text)
    return found[1] if found else None
