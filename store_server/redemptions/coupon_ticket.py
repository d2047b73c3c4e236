"""What the QR code of a coupon holds: its code, and what a till must know while it is offline.

    code (21) | face value (4) | expiry (5) | MAC (8)          38 characters of base32

A till with the store's coupon key checks the MAC by itself and then knows that the coupon is
ours, what it is worth and until when it counts. It does not know whether the coupon was used
elsewhere: that is why offline redemptions have a limit and are reconciled afterwards. A server
reads the code and nothing else; its database has the last word.

The alphabet is upper case, so that a QR code holds it in its alphanumeric mode.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from store_server.redemptions.coupon_code import (
    CODE_CHARACTERS,
    MAC_BITS,
    TICKET_CHARACTERS,
    authentic,
    parse,
    read,
    spell,
)

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
# 20 bits of minor units: 10,485.75 in a currency with cents.
MAX_FACE_VALUE_MINOR = (1 << 20) - 1
_FACE, _EXPIRY, _MAC = 4, 5, 8


@dataclass(frozen=True, slots=True)
class Ticket:
    """What an offline till reads; `expires_at` in whole minutes, rounded down."""

    code: str
    face_value_minor: int
    expires_at: datetime


def write_ticket(ticket: Ticket, *, key: bytes) -> str:
    """The characters of a ticket; of a face value above the maximum, the code alone."""
    if not 0 <= ticket.face_value_minor <= MAX_FACE_VALUE_MINOR:
        return ticket.code
    minutes = int((ticket.expires_at - EPOCH) / timedelta(minutes=1))
    body = ticket.code + spell(ticket.face_value_minor, _FACE) + spell(max(0, minutes), _EXPIRY)
    return body + spell(_mac_of(body, key), _MAC)


def read_ticket(text: str, *, key: bytes) -> Ticket | None:
    """The ticket that somebody scanned; None when it is none, or not signed with `key`.

    Never raises. This is what a till does while it is offline.
    """
    squeezed = text.strip().upper()
    code = parse(squeezed)
    if code is None or len(squeezed) != TICKET_CHARACTERS:
        return None
    body = code + squeezed[CODE_CHARACTERS:-_MAC]
    face, minutes = read(body[CODE_CHARACTERS:-_EXPIRY]), read(body[-_EXPIRY:])
    claimed = read(squeezed[-_MAC:])
    if face is None or minutes is None or claimed is None or not authentic(code, key=key):
        return None
    expected = _mac_of(body, key)
    if not hmac.compare_digest(claimed.to_bytes(8, "big"), expected.to_bytes(8, "big")):
        return None
    return Ticket(code, face, EPOCH + timedelta(minutes=minutes))


def _mac_of(body: str, key: bytes) -> int:
    digest = hmac.digest(key, b"ticket:" + body.encode(), hashlib.sha256)
    return int.from_bytes(digest, "big") >> (256 - MAC_BITS)
