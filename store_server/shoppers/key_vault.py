"""Secrets at rest: identity keys and webhook secrets are sealed with the installation's data key.

A stolen database without `secrets/data.key` gives no key away. AES-256-GCM with a fresh 96-bit
nonce; the context (what the secret belongs to) is authenticated, so that a sealed key cannot be
moved to another row. Format: version byte 1, nonce, ciphertext with tag.
Source: NIST SP 800-38D.
"""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from store_server.errors import StoreServerError

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12


class Unsealable(StoreServerError):
    """A sealed secret was made with another key, for another row, or is damaged."""

    reason = "unsealable"


class KeyVault:
    """Seals and opens secrets with one data key."""

    def __init__(self, data_key: bytes) -> None:
        if len(data_key) != KEY_BYTES:
            raise StoreServerError(
                f"the data key has {len(data_key)} bytes; must be {KEY_BYTES}: restore "
                "secrets/data.key from the backup"
            )
        self._cipher = AESGCM(data_key)
        self._fingerprint_key = hashlib.blake2b(data_key, person=b"fingerprint").digest()

    def __repr__(self) -> str:
        return "KeyVault(...)"

    def seal(self, secret: bytes, *, context: str = "") -> bytes:
        """`secret`, unreadable without the data key and valid only for `context`."""
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, secret, context.encode())

    def open(self, sealed: bytes, *, context: str = "") -> bytes:
        """The secret again.

        Raises:
            Unsealable: another data key, another context, or damaged.
        """
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if sealed[:1] != _VERSION or len(nonce) < _NONCE_BYTES:
            raise Unsealable("a sealed secret has an unknown format; restore the database")
        try:
            return self._cipher.decrypt(nonce, body, context.encode())
        except InvalidTag:
            raise Unsealable(
                "a sealed secret does not open; secrets/data.key is not the one it was sealed "
                "with: restore both from the same backup"
            ) from None

    def fingerprint(self, secret: bytes) -> str:
        """32 hex digits that are equal for equal secrets, and tell nothing without the key."""
        return hmac.new(self._fingerprint_key, secret, hashlib.sha256).hexdigest()[:32]
