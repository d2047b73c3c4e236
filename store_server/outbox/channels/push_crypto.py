"""Encryption and VAPID for web push, by pywebpush and py-vapid: imported where it is set up."""

import base64
from pathlib import Path

from store_server.errors import ConfigError
from store_server.outbox.channels.web_push import PushCrypto
from store_server.shoppers.contact import Subscription

INSTALL = "install it: pip install 'beaconry[webpush]'"


def open_push_crypto(key_file: Path, *, contact: str) -> PushCrypto:
    """What the web push channel encrypts and signs with.

    Args:
        key_file: the private key, PEM (`store-server make-vapid-keys`).
        contact: whom a push service may write to, mailto: or https:.

    Raises:
        ConfigError: the libraries are not installed, or the key cannot be read.
    """
    try:
        from py_vapid import Vapid02, VapidException  # noqa: PLC0415 - an extra, slow to import
        from pywebpush import WebPusher  # noqa: PLC0415 - an extra, slow to import
    except ImportError:
        raise ConfigError(f"[web_push] needs pywebpush; {INSTALL}") from None
    try:
        vapid = Vapid02.from_pem(key_file.read_bytes().strip())
    except (OSError, ValueError, VapidException) as error:
        raise ConfigError(
            f"[web_push] key_file {key_file}: cannot be read as an EC key in PEM "
            f"({type(error).__name__}); make one with `store-server make-vapid-keys`"
        ) from None

    def sign(*, audience: str, until_s: int) -> str:
        signed = vapid.sign({"sub": contact, "aud": audience, "exp": until_s})
        return str(signed["Authorization"])

    def encrypt(plain: bytes, subscription: Subscription) -> bytes:
        told = {
            "endpoint": subscription.endpoint,
            "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth},
        }
        return bytes(WebPusher(told).encode(plain)["body"])

    return PushCrypto(encrypt, sign, public_key_text(vapid.public_key))


def new_key() -> tuple[bytes, str]:
    """A new private key in PEM, and its public key as browsers want it."""
    try:
        from py_vapid import Vapid02  # noqa: PLC0415 - an extra, slow to import
    except ImportError:
        raise ConfigError(f"making VAPID keys needs py-vapid; {INSTALL}") from None
    vapid = Vapid02()
    vapid.generate_keys()
    return bytes(vapid.private_pem()), public_key_text(vapid.public_key)


def public_key_text(key: object) -> str:
    """`applicationServerKey` of PushManager.subscribe: the point, base64url without padding."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - with the extra

    assert hasattr(key, "public_bytes")
    point = key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).decode().rstrip("=")
