"""Signatures of webhooks: made here, and the verifier that receivers are shown.

The signed text is `id.timestamp.body`; the secret is 24 random bytes, shown as whsec_ and base64.
A header may carry several signatures, each with its version: two while a secret is exchanged.
Versions that are not known are passed over.

Source: https://github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md,
"Verifying webhook authenticity" (symmetric, v1 = HMAC-SHA256).
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime

PREFIX = "whsec_"
SECRET_BYTES = 24
TOLERANCE_S = 300
_MAX_SIGNATURES = 20


def secret_text(random_bytes: bytes) -> str:
    """A secret as a receiver is given it, of at least 24 random bytes."""
    if not SECRET_BYTES <= len(random_bytes) <= 512:
        raise ValueError(f"a webhook secret has {len(random_bytes)} bytes; must be 24 to 512")
    return PREFIX + base64.b64encode(random_bytes).decode()


def sign(body: bytes, *, webhook_id: str, at: datetime, secrets: Iterable[str]) -> dict[str, str]:
    """The three headers of a webhook.

    Args:
        body: exactly what is posted.
        webhook_id: the same at every try.
        at: when this try is made.
        secrets: whsec_ secrets, newest first; one signature each.

    Raises:
        ValueError: a secret is not base64.
    """
    timestamp = str(int(at.timestamp()))
    signatures = [
        "v1," + base64.b64encode(_mac(body, webhook_id, timestamp, key=_key(secret))).decode()
        for secret in secrets
    ]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def verify(
    body: bytes,
    headers: Mapping[str, str],
    *,
    secrets: Iterable[str],
    now: datetime,
    tolerance_s: float = TOLERANCE_S,
) -> bool:
    """Whether `body` was signed with one of `secrets`, not long ago. Never raises.

    Args:
        body: as it was received, not parsed and written again.
        headers: of the request; names in any case.
        secrets: whsec_ secrets of this endpoint; an unreadable one matches nothing.
        now: the receiver's time.
        tolerance_s: how old, or how far ahead, the timestamp may be.
    """
    named = {name.lower(): value for name, value in headers.items()}
    webhook_id = named.get("webhook-id", "")
    timestamp = named.get("webhook-timestamp", "")
    if not webhook_id or not _is_recent(timestamp, now=now, tolerance_s=tolerance_s):
        return False
    claimed = [*_signatures(named.get("webhook-signature", ""))]
    fits = False
    for secret in secrets:
        try:
            expected = _mac(body, webhook_id, timestamp, key=_key(secret))
        except ValueError:
            continue
        for one in claimed:
            fits |= hmac.compare_digest(one, expected)
    return fits


def _mac(body: bytes, webhook_id: str, timestamp: str, *, key: bytes) -> bytes:
    head = f"{webhook_id}.{timestamp}.".encode(errors="surrogatepass")
    return hmac.digest(key, head + body, hashlib.sha256)


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a webhook secret is not base64; copy it again, from whsec_ on") from error


def _is_recent(timestamp: str, *, now: datetime, tolerance_s: float) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(now.timestamp() - int(timestamp)) <= tolerance_s


def _signatures(header: str) -> Iterable[bytes]:
    """The v1 signatures that can be read at all."""
    for entry in header.split()[:_MAX_SIGNATURES]:
        version, _, text = entry.partition(",")
        if version != "v1":
            continue
        try:
            yield base64.b64decode(text, validate=True)
        except ValueError:
            continue
