"""Words before anybody reads them: a creative tried on a sample of shoppers."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from store_server.entrypoints.api.schemas.fields import Answer, Body, Language, Slug, Whole
from store_server.entrypoints.api.schemas.offers import CreativeBody
from store_server.offers.channel import ReadingChannel

_ASKED: JsonDict = {
    "offer_id": "rye-50",
    "language": "en",
    "channel": "push",
    "creative": {
        "title": "{{ offer }}",
        "body": "{{ shopper.name | default: 'You' }}: {{ value }} off today",
        "wording": "liquid",
    },
    "sample": 20,
}


class PreviewBody(Body):
    """What to try. Without `creative` the offer's own is tried."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ASKED]})

    offer_id: Slug
    language: Language = "en"
    channel: ReadingChannel = ReadingChannel.PUSH
    creative: CreativeBody | None = None
    sample: Annotated[Whole, Field(ge=1, le=200)] = 20


class PreviewLineAnswer(Answer):
    """What one shopper would read; `shopper_id` null: one of whom nothing is known."""

    shopper_id: str | None
    title: str
    body: str
    is_cut: bool
    banned: list[str]
    error: str | None


class PreviewAnswer(Answer):
    """A campaign may go live with these words when `is_ready`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "offer_id": "rye-50",
                    "channel": "push",
                    "is_ready": True,
                    "problems": [],
                    "lines": [
                        {
                            "shopper_id": "s-1042",
                            "title": "Rye bread",
                            "body": "Ann: 0.50 EUR off today",
                            "is_cut": False,
                            "banned": [],
                            "error": None,
                        }
                    ],
                }
            ]
        }
    )

    offer_id: str
    channel: ReadingChannel
    is_ready: bool
    problems: list[str]
    lines: list[PreviewLineAnswer]
