"""Names of things: whose row it is, and ids that follow from what they name.

A zone event, visit, trigger, decision or notification is named by the first 128 bits of
BLAKE2b over its natural key, so that a crash and a replay give it the same name again.
"""

import hashlib
from dataclasses import dataclass
from typing import NewType

OrgId = NewType("OrgId", str)
StoreId = NewType("StoreId", str)
ShopperId = NewType("ShopperId", str)
HouseholdId = NewType("HouseholdId", str)
ZoneId = NewType("ZoneId", str)
OfferId = NewType("OfferId", str)
CampaignId = NewType("CampaignId", str)
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = tuple(first + second for first in _BASE32 for second in _BASE32)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose data: every row and every query carries both."""

    org: OrgId
    store: StoreId


def scope(org: str, store: str) -> Scope:
    """The scope of plain names, as settings and topics carry them."""
    return Scope(OrgId(org), StoreId(store))


def natural_id(kind: str, *parts: str | int) -> str:
    """26 base32 characters that name the thing of `kind` with this natural key.

    Parts are length-prefixed before hashing, so ("ab", "c") and ("a", "bc") differ.

    Example:
        >>> len(natural_id("visit", "acme", "s1", "shopper-7", 1700000000000))
        26

    Source: RFC 7693 (BLAKE2b), RFC 4648 (base32, lower case, no padding).
    """
    digest = hashlib.blake2b(digest_size=16)
    for part in (kind, *parts):
        text = str(part).encode()
        digest.update(len(text).to_bytes(4, "big") + text)
    # Twice as fast as base64.b32encode, which is written in Python too; 128 bits and two zeros.
    number = int.from_bytes(digest.digest(), "big") << 2
    return "".join([_PAIRS[number >> shift & 0x3FF] for shift in range(120, -1, -10)])


def pseudonym(*, org: str, shopper: str) -> str:
    """Eight characters that stand for a shopper in logs and on the live plan."""
    return natural_id("pseudonym", org, shopper)[:8]
