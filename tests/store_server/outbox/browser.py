"""A browser that subscribed to web push: it has the keys, and reads what the service brings."""

import base64
import json
import secrets
from typing import Any

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from tests.store_server.outbox.receiver import Received


def text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Browser:
    """Keys of RFC 8291, and the VAPID key that it was given at its subscription."""

    def __init__(self, application_server_key: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = secrets.token_bytes(16)
        self._server_key = application_server_key

    def subscription(self, endpoint: str) -> str:
        """What it tells the shop: PushSubscription.toJSON()."""
        point = self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        keys = {"p256dh": text_of(point), "auth": text_of(self._auth)}
        return json.dumps({"endpoint": endpoint, "keys": keys})

    def read(self, pushed: Received, *, service: str) -> dict[str, Any]:
        """The words of a push; as a push service would, it refuses one that is not signed."""
        signed = pushed.headers["authorization"]
        assert Vapid02.verify(signed)
        claims, key = _told(signed)
        assert key == self._server_key
        assert claims["aud"] == service
        assert claims["sub"].startswith("mailto:")
        assert pushed.headers["content-encoding"] == "aes128gcm"
        plain = http_ece.decrypt(pushed.body, private_key=self._key, auth_secret=self._auth)
        said: dict[str, Any] = json.loads(plain)
        return said


def _told(authorization: str) -> tuple[dict[str, Any], str]:
    parts = dict(one.strip().split("=", 1) for one in authorization.split(" ", 1)[1].split(","))
    claims = parts["t"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))), parts["k"]
