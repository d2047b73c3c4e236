"""How a shopper is reached directly, as backend and app say it, and as it is shown."""

import json
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from store_server.entrypoints.api.schemas.fields import Answer, At, Body
from store_server.shoppers.contact import ContactChannel, ContactState

# Source: RFC 8291 appendix A.
_P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
_AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
Base64Url = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,120}={0,2}$")]


class SubscriptionKeys(Body):
    """The keys of a browser's subscription, base64url."""

    p256dh: Base64Url
    auth: Base64Url


class SubscriptionBody(Body):
    """What `PushSubscription.toJSON()` gives in a browser."""

    endpoint: Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"^[!-~]+$")]
    keys: SubscriptionKeys
    expirationTime: int | None = None  # noqa: N815 - the browser's own name for it


class ContactBody(Body):
    """An `address` for e-mail and SMS, a `subscription` for web push. It is no consent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"address": "ann@shop.example"},
                {
                    "subscription": {
                        "endpoint": "https://push.example/s/1",
                        "keys": {"p256dh": _P256DH, "auth": _AUTH},
                    }
                },
            ]
        }
    )

    address: Annotated[str, Field(min_length=1, max_length=320)] | None = None
    subscription: SubscriptionBody | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "ContactBody":
        if (self.address is None) == (self.subscription is None):
            raise ValueError("must hold either address or subscription")
        return self

    def text(self) -> str:
        """The address as `shoppers.contact.read_address` takes it."""
        if self.subscription is None:
            return self.address or ""
        return json.dumps(self.subscription.model_dump(include={"endpoint", "keys"}))


class ContactAnswer(Answer):
    """A contact without its address; `agreed`: whether the shopper's last word was a yes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "channel": "email",
                    "hint": "a***@shop.example",
                    "state": "usable",
                    "agreed": True,
                    "changed_at": "2026-03-04T12:00:00Z",
                }
            ]
        }
    )

    channel: ContactChannel
    hint: str
    state: ContactState
    agreed: bool
    changed_at: At


class ContactListAnswer(Answer):
    """Every contact of a shopper, by channel."""

    contacts: list[ContactAnswer]


class ChannelConsentAnswer(Answer):
    """A word about a channel as it stands in the ledger."""

    shopper_id: str
    channel: ContactChannel
    granted: bool
    at: At


class PushKeyAnswer(Answer):
    """`applicationServerKey` for `PushManager.subscribe`; null: web push is not set up."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"application_server_key": _P256DH}]})

    application_server_key: str | None
