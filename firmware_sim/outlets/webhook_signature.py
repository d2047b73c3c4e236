"""Whether a webhook is from whom it says: the receiver's half of Standard Webhooks.

Signed is `id.timestamp.body` by HMAC-SHA256 with the secret's bytes (whsec_ and base64). The
header holds one or more `version,signature`, parted by spaces; versions that are not known are
passed over. Written from the specification, apart from the sender: a simulator that shared
the sender's code would find every signature good.

Source: https://github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

import base64
import binascii
import hashlib
import hmac

TOLERANCE_S = 300


def key_of(secret: str) -> bytes:
    """The key that a secret shown as `whsec_...` stands for.

    Raises:
        ValueError: it has no such form; the text never repeats it.
    """
    head, mark, encoded = secret.partition("_")
    if head != "whsec" or not mark:
        raise ValueError("a webhook secret starts with whsec_")
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a webhook secret is base64 after whsec_") from None


def holds(
    body: bytes, *, webhook_id: str, timestamp: str, signatures: str, key: bytes, now_s: float
) -> bool:
    """Whether one of `signatures` is good and not older (or newer) than five minutes.

    Never raises, whatever stands in the headers.
    """
    if not webhook_id or not (timestamp.isascii() and timestamp.isdecimal()):
        return False
    # More digits than any clock shows; also keeps the conversion short.
    if len(timestamp) > 12 or abs(now_s - int(timestamp)) > TOLERANCE_S:
        return False
    signed = b".".join((webhook_id.encode("utf-8", "replace"), timestamp.encode(), body))
    expected = b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    # compare_digest takes bytes of any kind, but text only of ASCII.
    given = (entry.encode("utf-8", "replace") for entry in signatures.split(" "))
    return any(hmac.compare_digest(entry, expected) for entry in given)
