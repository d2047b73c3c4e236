"""What is sent and answered about events of shoppers, exclusions and complaints."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from store_server.entrypoints.api.schemas.fields import (
    Answer,
    At,
    Body,
    Flag,
    ShopperName,
    Slug,
    Text80,
    VisibleId,
    Whole,
)
from store_server.shoppers.attributes import AttributeType
from store_server.shoppers.consent import Purpose

MOST_EVENTS = 500
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class EventFieldBody(Body):
    """One thing that events of a kind say; `choices` of type choice only."""

    name: FieldName
    type: AttributeType
    choices: Annotated[list[Text80], Field(max_length=200)] = Field(default_factory=list)
    required: Flag = False


class EventKindBody(Body):
    """A kind of event: what it is for, what it says, how long it is kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "purpose": "profile",
                    "fields": [
                        {"name": "recipe", "type": "text", "required": True},
                        {"name": "stars", "type": "number"},
                    ],
                    "item_field": "recipe",
                    "amount_field": "stars",
                    "keep_days": 365,
                }
            ]
        }
    )

    purpose: Purpose
    fields: Annotated[list[EventFieldBody], Field(max_length=30)] = Field(default_factory=list)
    item_field: FieldName | None = None
    amount_field: FieldName | None = None
    keep_days: Annotated[Whole, Field(ge=1, le=1_095)] = 365


class EventFieldAnswer(Answer):
    """One field of a kind."""

    name: str
    type: AttributeType
    choices: list[str]
    required: bool


class EventKindAnswer(Answer):
    """A declared kind of event."""

    kind: str
    purpose: Purpose
    fields: list[EventFieldAnswer]
    item_field: str | None
    amount_field: str | None
    keep_days: int


class EventKindListAnswer(Answer):
    """Every declared kind."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kinds": [
                        {
                            "kind": "recipe-saved",
                            "purpose": "profile",
                            "fields": [
                                {"name": "recipe", "type": "text", "choices": [], "required": True}
                            ],
                            "item_field": "recipe",
                            "amount_field": None,
                            "keep_days": 365,
                        }
                    ]
                }
            ]
        }
    )

    kinds: list[EventKindAnswer]


class EventBody(Body):
    """Something that a shopper did; the same `event_id` is the same event."""

    event_id: VisibleId
    shopper_id: ShopperName
    kind: Slug
    at: At
    said: Annotated[dict[FieldName, JsonValue], Field(max_length=30)] = Field(default_factory=dict)


class EventsBody(Body):
    """Some events, at most 500; each is judged alone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "events": [
                        {
                            "event_id": "r-2026-0001",
                            "shopper_id": "s-1042",
                            "kind": "recipe-saved",
                            "at": "2026-03-02T09:30:00Z",
                            "said": {"recipe": "focaccia", "stars": 5},
                        }
                    ]
                }
            ]
        }
    )

    events: Annotated[list[EventBody], Field(min_length=1, max_length=MOST_EVENTS)]


class EventResultAnswer(Answer):
    """What became of one event; `code` and `detail` say why it was refused."""

    index: int
    event_id: str
    status: Literal["taken", "known", "refused"]
    code: str | None
    detail: str | None


class EventsAnswer(Answer):
    """What became of each event, in their order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "taken": 1,
                    "known": 0,
                    "refused": 0,
                    "results": [
                        {
                            "index": 0,
                            "event_id": "r-2026-0001",
                            "status": "taken",
                            "code": None,
                            "detail": None,
                        }
                    ],
                }
            ]
        }
    )

    taken: int
    known: int
    refused: int
    results: list[EventResultAnswer]


class ExclusionsBody(Body):
    """What the shopper never wants to see: categories and offers by id; all of them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"excluded": ["WINE", "offer-7"]}]})

    excluded: Annotated[list[Text80], Field(max_length=200)]


class ExclusionsAnswer(Answer):
    """What the shopper never wants to see, sorted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"excluded": ["WINE", "offer-7"]}]})

    excluded: list[str]


class ComplaintBody(Body):
    """A complaint: its topic is a word of your own list; `complaint_id` your own number."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"complaint_id": "c-881", "topic": "delivery"}]}
    )

    topic: Slug
    complaint_id: VisibleId | None = None


class ComplaintAnswer(Answer):
    """A complaint; `closed_at` null while it is open, and nothing is offered."""

    complaint_id: str
    topic: str
    opened_at: At
    closed_at: At | None
