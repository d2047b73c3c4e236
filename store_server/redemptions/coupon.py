"""Coupon codes that a till can trust a little before it asks, and what a coupon can be.

A code is 21 characters of Crockford's base32 in three groups of seven:

    60 random bits | 40 bits of HMAC-SHA256 over them | one check character

The random part names the coupon and cannot be guessed (2^60); the HMAC tells a made-up code
from ours without a look at the database; the check character catches a typing error before
anything is asked. The key is one per store, so another store's code counts as forged.
Single use is the database's business (see repository.py), never the code's.

Source: https://www.crockford.com/base32.html (alphabet, check symbol modulo 37, reading O as 0
and I, L as 1); RFC 2104 (HMAC, truncation in section 5).
"""

import hashlib
import hmac
import random
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store_server.ids import CampaignId, OfferId, Scope, ShopperId
from store_server.shoppers.key_vault import KeyVault

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BITS = 60
MAC_BITS = 40
GROUP = 7
MAX_TYPED = 100
_VALUE = {character: value for value, character in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_BODY_CHARACTERS = (RANDOM_BITS + MAC_BITS) // 5
_CHECK_MODULUS = 37


class CouponState(StrEnum):
    """Where a coupon is in its life."""

    ISSUED = "issued"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    REVOKED = "revoked"


class CouponRefusal(StrEnum):
    """Why a till does not get the discount; a normal answer, not an error."""

    MALFORMED = "malformed"  # not 21 characters, or the check character does not fit: typed wrong
    FORGED = "forged"  # well-formed, but not signed by this store
    UNKNOWN = "unknown"  # signed by this store, but no such coupon (its shopper was forgotten)
    FOREIGN = "foreign"  # issued to another shopper than the basket's
    EXPIRED = "expired"
    REVOKED = "revoked"
    ALREADY_REDEEMED = "already_redeemed"
    NOTHING_LEFT = "nothing_left"  # other coupons took the whole basket; this one stays unused


@dataclass(frozen=True, slots=True)
class Coupon:
    """One coupon as the store knows it. `code` is in the normal form, without dashes."""

    code: str
    shopper: ShopperId
    offer: OfferId
    campaign: CampaignId
    decision: str
    face_value_minor: int
    issued_at: datetime
    expires_at: datetime
    state: CouponState


def signing_key(vault: KeyVault, scope: Scope) -> bytes:
    """The key that signs the codes of one store; follows from the data key, is stored nowhere."""
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
            return grouped(_spell(body) + ALPHABET[check])


def parse(text: str) -> str | None:
    """The normal form of what somebody typed or scanned, or None when it cannot be a code.

    Takes lower case, dashes and spaces anywhere, O for 0, and I or L for 1. Never raises.
    """
    if len(text) > MAX_TYPED:
        return None
    squeezed = "".join(text.upper().split()).replace("-", "")
    if len(squeezed) != _BODY_CHARACTERS + 1:
        return None
    values = [_VALUE.get(character) for character in squeezed]
    body = 0
    for value in values[:-1]:
        if value is None:
            return None
        body = body << 5 | value
    if values[-1] != body % _CHECK_MODULUS:
        return None
    return _spell(body) + ALPHABET[body % _CHECK_MODULUS]


def authentic(code: str, *, key: bytes) -> bool:
    """Whether a code in normal form was signed with `key`."""
    body = 0
    for character in code[:-1]:
        body = body << 5 | _VALUE[character]
    claimed = body & ((1 << MAC_BITS) - 1)
    expected = _mac(body >> MAC_BITS, key)
    return hmac.compare_digest(claimed.to_bytes(8, "big"), expected.to_bytes(8, "big"))


def refusal_of(coupon: Coupon, *, shopper: ShopperId | None, at: datetime) -> CouponRefusal | None:
    """Why `coupon` cannot be used at `at` in a basket of `shopper` (None: not known), or None."""
    if shopper is not None and coupon.shopper != shopper:
        return CouponRefusal.FOREIGN
    match coupon.state:
        case CouponState.REDEEMED:
            return CouponRefusal.ALREADY_REDEEMED
        case CouponState.REVOKED:
            return CouponRefusal.REVOKED
        case CouponState.EXPIRED:
            return CouponRefusal.EXPIRED
        case CouponState.ISSUED:
            return CouponRefusal.EXPIRED if at >= coupon.expires_at else None


def grouped(code: str) -> str:
    """A code in normal form, with dashes for reading."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def _mac(drawn: int, key: bytes) -> int:
    digest = hmac.digest(key, b"coupon:" + drawn.to_bytes(8, "big"), hashlib.sha256)
    return int.from_bytes(digest, "big") >> (256 - MAC_BITS)


def _spell(body: int) -> str:
    return "".join(
        ALPHABET[body >> shift & 31] for shift in range(5 * _BODY_CHARACTERS - 5, -1, -5)
    )
