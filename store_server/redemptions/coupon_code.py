"""Coupon codes that a till can trust a little before it asks, in the spellings that tills read.

A code is 21 characters of Crockford's base32 in three groups of seven:

    60 random bits | 40 bits of HMAC-SHA256 over them | one check character

The random part names the coupon and cannot be guessed (2^60); the HMAC tells a made-up code
from ours without a look at the database; the check character catches a typing error before
anything is asked. The key is one per store, so another store's code counts as forged.
Single use is the database's business (see repository/coupons.py), never the code's.

Two more spellings mean the same code:

    (91) and 32 digits   for a till that reads numbers only: the 100 bits as 31 decimal digits and
                         GS1's check digit, under an identifier for a company's own use
    38 characters        a ticket, see coupon_ticket.py: the code first

Source: https://www.crockford.com/base32.html (alphabet, check symbol modulo 37, reading O as 0
and I, L as 1); RFC 2104 (HMAC, truncation in section 5); GS1 General Specifications, 3.9.10
(AI 91 to 99), 5.2 (symbology identifiers), 7.9.1 (check digit).
"""

import hashlib
import hmac
import random
import re
from dataclasses import dataclass

from store_server.ids import Scope
from store_server.shop.gtin import check_digit
from store_server.shoppers.key_vault import KeyVault

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BITS = 60
MAC_BITS = 40
GROUP = 7
MAX_TYPED = 100
CODE_CHARACTERS = (RANDOM_BITS + MAC_BITS) // 5 + 1
TICKET_CHARACTERS = CODE_CHARACTERS + 17
GS1_IDENTIFIER = "91"
_BODY_DIGITS = 31  # 2^100 has 31 decimal digits
_VALUE = {character: value for value, character in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_BODY_CHARACTERS = CODE_CHARACTERS - 1
_CHECK_MODULUS = 37
_BETWEEN = str.maketrans("", "", "-()\x1d")
_SCANNER = re.compile(r"^\](C1|E0|Q[013]|D[12]|J1)")


@dataclass(frozen=True, slots=True)
class CouponKeys:
    """The keys of one store's coupons: the first one signs, codes of all of them are ours."""

    keys: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"CouponKeys({len(self.keys)} keys)"

    @property
    def signing(self) -> bytes:
        """The key of today's coupons."""
        return self.keys[0]

    def authentic(self, code: str) -> bool:
        """Whether a code in normal form was signed with one of them."""
        return any(authentic(code, key=key) for key in self.keys)


def signing_key(vault: KeyVault, scope: Scope) -> bytes:
    """The key that follows from the data key: what signed before stores had a key file."""
    return vault.fingerprint(f"coupon key:{scope.org}:{scope.store}".encode()).encode()


def new_code(rng: random.Random, *, key: bytes) -> str:
    """A fresh code, grouped for reading, signed with the store's `key`.

    Codes whose check symbol would be one of `*~$=U` are drawn again, so that a code holds
    letters and digits only; this costs 0.2 of the 60 bits.

    Example:
        >>> new_code(random.Random(7), key=b"k" * 32)
        'YAKMVS9-EDD1RCR-G0FQ8WX'
    """
    while True:
        drawn = rng.getrandbits(RANDOM_BITS)
        body = drawn << MAC_BITS | _mac(drawn, key)
        check = body % _CHECK_MODULUS
        if check < len(ALPHABET):
            return grouped(spell(body, _BODY_CHARACTERS) + ALPHABET[check])


def parse(text: str) -> str | None:
    """The normal form of what somebody typed or scanned, or None when it cannot be a code.

    Takes lower case, dashes and spaces anywhere, O for 0, and I or L for 1; the digits of the
    GS1-128 form with or without its (91) and the scanner's prefix; a ticket. Never raises.
    """
    if len(text) > MAX_TYPED:
        return None
    squeezed = _SCANNER.sub("", "".join(text.upper().split())).translate(_BETWEEN)
    if squeezed.isascii() and squeezed.isdigit() and len(squeezed) in (32, 34):
        return _from_digits(squeezed)
    if len(squeezed) == TICKET_CHARACTERS:
        squeezed = squeezed[:CODE_CHARACTERS]
    if len(squeezed) != CODE_CHARACTERS:
        return None
    body = read(squeezed[:-1])
    if body is None or _VALUE.get(squeezed[-1]) != body % _CHECK_MODULUS:
        return None
    return spell(body, _BODY_CHARACTERS) + ALPHABET[body % _CHECK_MODULUS]


def authentic(code: str, *, key: bytes) -> bool:
    """Whether a code in normal form was signed with `key`."""
    body = read(code[:-1]) or 0
    claimed = body & ((1 << MAC_BITS) - 1)
    expected = _mac(body >> MAC_BITS, key)
    return hmac.compare_digest(claimed.to_bytes(8, "big"), expected.to_bytes(8, "big"))


def grouped(code: str) -> str:
    """A code in normal form, with dashes for reading."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def gs1_digits(code: str) -> str:
    """A code in normal form as a GS1-128 element string: `(91)` and 32 digits.

    The parentheses are for people; a bar code holds FNC1 and the 34 digits.

    Example:
        >>> gs1_digits("YAKMVS9EDD1RCRG0FQ8WX")
        '(91)12015620934161530390150931981088'
    """
    digits = f"{read(code[:-1]) or 0:0{_BODY_DIGITS}d}"
    return f"({GS1_IDENTIFIER}){digits}{check_digit(digits)}"


def spell(value: int, characters: int) -> str:
    """A number in so many characters of the alphabet, the highest first."""
    return "".join(ALPHABET[value >> shift & 31] for shift in range(5 * characters - 5, -1, -5))


def read(text: str) -> int | None:
    """The number that characters spell; None when one of them is no base32."""
    value = 0
    for character in text:
        digit = _VALUE.get(character)
        if digit is None:
            return None
        value = value << 5 | digit
    return value


def _from_digits(digits: str) -> str | None:
    if len(digits) == _BODY_DIGITS + 3:
        if not digits.startswith(GS1_IDENTIFIER):
            return None
        digits = digits[len(GS1_IDENTIFIER) :]
    body = int(digits[:-1])
    check = body % _CHECK_MODULUS
    if digits[-1] != check_digit(digits[:-1]) or body.bit_length() > RANDOM_BITS + MAC_BITS:
        return None
    return spell(body, _BODY_CHARACTERS) + ALPHABET[check] if check < len(ALPHABET) else None


def _mac(drawn: int, key: bytes) -> int:
    digest = hmac.digest(key, b"coupon:" + drawn.to_bytes(8, "big"), hashlib.sha256)
    return int.from_bytes(digest, "big") >> (256 - MAC_BITS)
