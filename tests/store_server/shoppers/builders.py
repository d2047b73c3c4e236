"""Shoppers, what they carry and what they said, for tests."""

from datetime import UTC, datetime, timedelta

from store_server.ids import ShopperId
from store_server.shoppers.consent import ConsentEntry, Purpose
from store_server.shoppers.identity import EnrolledIdentity, IdentityKind

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def a_key(number: int) -> bytes:
    return number.to_bytes(16, "big")


def an_identity(
    shopper: str = "s-1",
    *,
    key: bytes | None = None,
    identity_id: str | None = None,
    kind: IdentityKind = "eid",
    identity: str | None = None,
    exponent: int = 10,
    clock_offset_s: int = 0,
) -> EnrolledIdentity:
    """A phone with a rotating id, unless said otherwise."""
    return EnrolledIdentity(
        identity_id=identity_id or f"phone-{shopper}",
        shopper=ShopperId(shopper),
        kind=kind,
        key=key or a_key(1) if kind == "eid" else None,
        identity=identity,
        exponent=exponent,
        clock_offset_s=clock_offset_s,
    )


def a_word(
    *,
    granted: bool = True,
    purpose: Purpose = Purpose.OFFERS,
    shopper: str = "s-1",
    after_s: float = 0.0,
) -> ConsentEntry:
    at = MONDAY + timedelta(seconds=after_s)
    return ConsentEntry(ShopperId(shopper), purpose, granted, at, "app", "2026-01")
