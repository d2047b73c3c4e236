"""Attributes and segments as the backend and the back office write and read them."""

from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field, JsonValue, PlainValidator
from pydantic.config import JsonDict

from store_server.entrypoints.api.schemas.fields import Answer, At, Body, Flag, Text80
from store_server.shoppers.attributes import (
    MOST_CHARACTERS,
    MOST_CHOICES,
    AttributeType,
    AttributeValue,
)
from store_server.shoppers.segments.tree import SegmentTree

_TREE: JsonDict = {
    "kind": "all",
    "of": [
        {"kind": "text", "name": "city", "op": "is", "values": ["Vienna"]},
        {
            "kind": "tally",
            "facts": {"source": "purchases", "categories": ["bread"]},
            "measure": "baskets",
            "days": 30,
            "op": "ge",
            "value": 3,
        },
        {"kind": "not", "of": {"kind": "live_zone", "zones": ["checkout"]}},
    ],
}
_SENTENCE = (
    "Shoppers who meet: “city” is “Vienna” and at least 3 baskets in category “bread” in the last "
    "30 days and not (is in zone “checkout” now)."
)

TreeDocument = Annotated[
    Any,
    # Read by the flow, which tells every mistake by its path in the tree.
    PlainValidator(lambda document: document, json_schema_input_type=SegmentTree),
]
Label = Annotated[str, Field(min_length=1, max_length=80)]


class AttributeBody(Body):
    """A declared attribute; `choices` for type choice only, `labels` by language for sentences."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "choice",
                    "choices": ["gold", "silver"],
                    "labels": {"en": "tier", "es": "nivel", "ru": "уровень"},
                }
            ]
        }
    )

    type: AttributeType
    choices: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]],
        Field(max_length=MOST_CHOICES),
    ] = Field(default_factory=list)
    labels: Annotated[
        dict[Annotated[str, Field(pattern="^(en|es|ru)$")], Text80], Field(max_length=3)
    ] = Field(default_factory=dict)


class AttributeAnswer(Answer):
    """A declared attribute."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "tier", "type": "choice", "choices": ["gold", "silver"], "labels": {}}
            ]
        }
    )

    name: str
    type: AttributeType
    choices: list[str]
    labels: dict[str, str]


class AttributeListAnswer(Answer):
    """Every declared attribute, by name."""

    attributes: list[AttributeAnswer]


class ShopperAttributesBody(Body):
    """Values by name of attribute; null takes one away, what is not named stays."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"attributes": {"city": "Vienna", "nickname": None}}]}
    )

    attributes: Annotated[dict[str, JsonValue], Field(max_length=200)]


class ShopperAttributesAnswer(Answer):
    """Every attribute of the shopper as it stands now."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"shopper_id": "s-1042", "attributes": {"city": "Vienna"}}]}
    )

    shopper_id: str
    attributes: dict[str, bool | float | date | str]


class SegmentBody(Body):
    """A segment as it shall be from now on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Bread regulars", "tree": _TREE}]}
    )

    name: Text80
    tree: TreeDocument


class SegmentAnswer(Answer):
    """A segment as it stands; `version` counts its changes, `sentences` are by language."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "segment_id": "bread-regulars",
                    "name": "Bread regulars",
                    "version": 1,
                    "saved_at": "2026-03-02T09:30:00Z",
                    "tree": _TREE,
                    "sentences": {"en": _SENTENCE},
                }
            ]
        }
    )

    segment_id: str
    name: str
    version: int
    saved_at: At
    tree: SegmentTree
    sentences: dict[str, str]


class SegmentListAnswer(Answer):
    """Every segment of the organisation, by id."""

    segments: list[SegmentAnswer]


class PreviewBody(Body):
    """A tree to be looked at; `segment_id` is the segment that it is to become, if any."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"tree": _TREE}]})

    tree: TreeDocument
    segment_id: Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9_-]{0,63})?$")] = ""


class PreviewAnswer(Answer):
    """How many of `of` shoppers belong at this moment, pseudonyms of some, and it in words."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "shoppers": 412,
                    "of": 9_800,
                    "sample": ["k3v9q2ra", "b7x1m4tz"],
                    "sentences": {"en": _SENTENCE},
                }
            ]
        }
    )

    shoppers: int
    of: int
    sample: list[str]
    sentences: dict[str, str]


class LeafAnswer(Answer):
    """One condition of the tree.

    `path` is where it stands, through named segments too; `found` what is known of the shopper
    (null: nothing), `decided` whether the answer hangs on it.
    """

    path: str
    kind: str
    sentence: str
    held: Flag
    decided: Flag
    found: AttributeValue | list[str] | None


class MembershipAnswer(Answer):
    """Whether a shopper belongs, and which conditions decided; those come first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "segment_id": "bread-regulars",
                    "version": 1,
                    "shopper_id": "s-1042",
                    "belongs": False,
                    "profile_allowed": True,
                    "leaves": [
                        {
                            "path": "tree.of.0",
                            "kind": "text",
                            "sentence": "“city” is “Vienna”",
                            "held": False,
                            "decided": True,
                            "found": "Graz",
                        }
                    ],
                }
            ]
        }
    )

    segment_id: str
    version: int
    shopper_id: str
    belongs: bool
    profile_allowed: bool
    leaves: list[LeafAnswer]
