"""What the retailer's backend sends and gets: shoppers, consent, tokens, webhook endpoints."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from store_server.entrypoints.api.schemas.fields import (
    Answer,
    At,
    Body,
    Flag,
    KeyHex,
    Language,
    ShopperName,
    Text80,
    VisibleId,
    Whole,
)
from store_server.shoppers.consent import Purpose


class IdentityBody(Body):
    """Something of the shopper that gateways can hear: a phone or a tag.

    `eid` needs `key_hex` (the shared 128-bit identity key); the static kinds need `identity`.
    """

    identity_id: VisibleId
    kind: Literal["eid", "static_uid", "static_ibeacon"]
    key_hex: KeyHex | None = None
    identity: Annotated[str, Field(pattern=r"^[0-9a-f:-]{16,52}$")] | None = None
    exponent: Annotated[Whole, Field(ge=0, le=15)] = 10
    clock_offset_s: Annotated[Whole, Field(gt=-(2**31), lt=2**31)] = 0
    label: Literal["phone", "tag"]


class ShopperBody(Body):
    """A shopper as the retailer names them: opaque ids, never a name or an address."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "household_id": "h-77",
                    "language": "en",
                    "identities": [
                        {
                            "identity_id": "phone-1",
                            "kind": "eid",
                            "key_hex": "000102030405060708090a0b0c0d0e0f",
                            "label": "phone",
                        }
                    ],
                }
            ]
        }
    )

    household_id: ShopperName | None = None
    language: Language | None = None
    identities: Annotated[list[IdentityBody], Field(max_length=20)] = Field(default_factory=list)


class ShopperAnswer(Answer):
    """The shopper is known; `created` tells whether they were new."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"shopper_id": "s-1042", "created": True}]}
    )

    shopper_id: str
    created: bool


class ConsentBody(Body):
    """One word of consent. `at` is when it was given; now when absent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"granted": True, "source": "app-onboarding", "text_version": "2026-01"}]
        }
    )

    granted: Flag
    at: At | None = None
    source: Text80
    text_version: Text80


class ConsentAnswer(Answer):
    """What stands in the ledger now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "shopper_id": "s-1042",
                    "purpose": "offers",
                    "granted": True,
                    "at": "2026-03-02T09:30:00Z",
                }
            ]
        }
    )

    shopper_id: str
    purpose: Purpose
    granted: bool
    at: At


class TokenAnswer(Answer):
    """A token that speaks for one shopper for 15 minutes; it is shown this once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"token": "bt_EXAMPLE", "expires_at": "2026-03-02T09:45:00Z"}]
        }
    )

    token: str
    expires_at: At


class ShopperDataAnswer(Answer):
    """Everything that is kept about a shopper."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"shopper_id": "s-1042", "data": {"language": "en", "visits": []}}]
        }
    )

    shopper_id: str
    data: dict[str, JsonValue]
