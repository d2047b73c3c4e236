"""What the retailer's app sends and gets, with a shopper's token."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from store_server.entrypoints.api.schemas.fields import (
    Answer,
    At,
    BeaconName,
    Body,
    Flag,
    Level,
    Text80,
    VisibleId,
    Whole,
)


class InstallBody(Body):
    """The app on one phone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"platform": "ios", "app_version": "4.2.0", "push_capable": True}]
        }
    )

    platform: Literal["ios", "android"]
    app_version: Text80
    push_capable: Flag


class InstallAnswer(Answer):
    """The name under which this install is known."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"install_id": "i-3f6a"}]})

    install_id: str


class SightingBody(Body):
    """One beacon that the phone heard."""

    beacon: BeaconName
    rssi_dbm: Level
    at: At
    measured_power_dbm: Annotated[Whole, Field(ge=-127, le=20)] | None = None
    count: Annotated[Whole, Field(ge=1, le=10_000)] = 1


class SightingsBody(Body):
    """What the phone heard since it last reported; refused ones do not stop the others."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "sightings": [
                        {
                            "beacon": "5f0f6a3c-2f4e-4d6b-9c1a-0a1b2c3d4e5f:1:7",
                            "rssi_dbm": -64,
                            "at": "2026-03-02T09:30:00Z",
                            "measured_power_dbm": -59,
                        }
                    ]
                }
            ]
        }
    )

    sightings: Annotated[list[SightingBody], Field(min_length=1, max_length=500)]


class RefusedSighting(Answer):
    """A sighting that was not taken; `index` is its place in the request, from 0."""

    index: int
    code: str
    detail: str


class SightingsAnswer(Answer):
    """How many were taken, and what was wrong with the others."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"accepted": 1, "refused": []}]})

    accepted: int
    refused: list[RefusedSighting]


class ArrivalBody(Body):
    """The shopper has arrived near the store; the same `request_id` is the same arrival."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"request_id": "near-2026-03-02-1"}]})

    request_id: VisibleId


class ArrivalAnswer(Answer):
    """Whether a campaign waits for arrivals; what it offers comes as a notification."""

    awaited: bool


class InboxItemAnswer(Answer):
    """One offer that can still be used; `opened_at` null while it is unread.

    `personal_discount` true: the discount was reckoned for this shopper, and the app must say so.
    `face_value_minor` is null for an offer from before the server told it.
    """

    notification_id: str
    offer_id: str
    title: str
    body: str
    coupon_code: str | None
    face_value_minor: int | None
    personal_discount: bool
    created_at: At
    expires_at: At
    opened_at: At | None


class InboxAnswer(Answer):
    """The shopper's offers whose moment is not over, newest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "notification_id": "kq3examplenotification",
                            "offer_id": "rye-50",
                            "title": "Fresh rye",
                            "body": "0.50 off today",
                            "coupon_code": "YAKMVS9-EDD1RCR-G0FQ8WX",
                            "face_value_minor": 50,
                            "personal_discount": False,
                            "created_at": "2026-03-02T09:30:20Z",
                            "expires_at": "2026-03-02T09:32:20Z",
                            "opened_at": None,
                        }
                    ]
                }
            ]
        }
    )

    items: list[InboxItemAnswer]


class OpenedBody(Body):
    """When the shopper opened the notification; now when absent."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"at": "2026-03-02T09:31:00Z"}]})

    at: At | None = None


class DismissedBody(Body):
    """When the shopper waved the offer away; now when absent."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"at": "2026-03-02T09:31:00Z"}]})

    at: At | None = None


class MyDataAnswer(Answer):
    """Everything that is kept about the shopper who asks."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"shopper_id": "s-1042", "data": {"language": "en", "visits": []}}]
        }
    )

    shopper_id: str
    data: dict[str, JsonValue]
