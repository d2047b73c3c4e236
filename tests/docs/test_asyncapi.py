"""docs/asyncapi.yaml and docs/wire_formats.md say what proximity_wire does."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from msgspec import NODEFAULT

from proximity_wire.frames.foreign import ForeignName
from proximity_wire.frames.service_token import ServiceToken
from proximity_wire.messages import (
    Ack,
    Band,
    ClockQuality,
    GatewayState,
    Health,
    Kind,
    LostRange,
    ScreenMessage,
    SightingBatch,
    SightingRow,
    decode,
)
from proximity_wire.topics import Channel, gateway_topic, screen_topic
from store_server.ids import CampaignId, OfferId, ShopperId, ZoneId, scope
from store_server.outbox.notification import Notification, webhook_body

DOCS = Path(__file__).parents[2] / "docs"
SPEC = yaml.safe_load((DOCS / "asyncapi.yaml").read_text())
PAGE = (DOCS / "wire_formats.md").read_text()
MESSAGES: dict[str, Any] = {
    kind.__name__: kind for kind in (SightingBatch, Ack, GatewayState, ScreenMessage, Health)
}

_EXAMPLES = [
    pytest.param(name, example["payload"], id=f"{name}-{example['name']}")
    for name, message in SPEC["components"]["messages"].items()
    for example in message["examples"]
    if name in MESSAGES
]
every_message = pytest.mark.parametrize("name", MESSAGES)


@pytest.mark.parametrize(("name", "payload"), _EXAMPLES)
def test_an_example_decodes(name: str, payload: object) -> None:
    decode(json.dumps(payload).encode(), MESSAGES[name])


@every_message
def test_every_message_has_an_example(name: str) -> None:
    assert name in {param.values[0] for param in _EXAMPLES}


@every_message
def test_a_schema_has_the_fields_of_the_message(name: str) -> None:
    schema = SPEC["components"]["schemas"][name]

    fields = MESSAGES[name].__struct_fields__
    defaults = MESSAGES[name].__struct_defaults__
    assert list(schema["properties"]) == list(fields)
    required = {
        name for name, default in zip(fields, defaults, strict=True) if default is NODEFAULT
    }
    assert set(schema["required"]) == required


@pytest.mark.parametrize("row", [SightingRow, LostRange])
def test_the_columns_of_a_row_are_told_in_order(row: Any) -> None:
    description = SPEC["components"]["schemas"][row.__name__]["description"].strip()

    assert description.split(", ") == list(row.__struct_fields__)


def test_every_channel_has_its_address() -> None:
    addresses = {channel["address"] for channel in SPEC["channels"].values()} - {None}

    names = {name: f"x-{name}" for name in ("org", "store", "gateway", "screen")}
    filled = {address.format(**names) for address in addresses}
    where = {"org": "x-org", "store": "x-store"}
    topics = {gateway_topic(channel, gateway="x-gateway", **where) for channel in Channel}
    assert filled == topics | {screen_topic("x-screen", **where)}


def test_every_reference_leads_somewhere() -> None:
    references = re.findall(r"\$ref: '#/([^']+)'", (DOCS / "asyncapi.yaml").read_text())

    assert references
    for reference in references:
        found: Any = SPEC
        for step in reference.split("/"):
            found = found[step]
        assert found is not None, reference


def test_the_clock_qualities_are_told() -> None:
    assert SPEC["components"]["schemas"]["Clock"]["enum"] == list(get_args(ClockQuality))


def test_the_webhook_example_has_the_fields_that_are_posted() -> None:
    at = datetime(2026, 1, 5, 10, tzinfo=UTC)
    notification = Notification(
        id="n",
        decision="d",
        shopper=ShopperId("s"),
        channel="webhook",
        offer=OfferId("o"),
        campaign=CampaignId("c"),
        zone=ZoneId("z"),
        title="t",
        body="b",
        coupon_code=None,
        face_value_minor=50,
        personal_discount=True,
        trigger_at=at,
        created_at=at,
        expires_at=at,
    )
    posted = json.loads(webhook_body(notification, scope("acme", "demo")))

    example = SPEC["components"]["messages"]["OfferNotification"]["examples"][0]["payload"]
    schema = SPEC["components"]["schemas"]["OfferNotification"]["properties"]["data"]
    assert posted.keys() == example.keys()
    assert posted["data"].keys() == example["data"].keys()
    assert list(posted["data"]) == schema["required"] == list(schema["properties"])


@every_message
def test_the_page_tells_every_field(name: str) -> None:
    section = PAGE.split(f"### {name}\n", 1)[1].split("\n## ")[0].split("\n### ")[0]

    told = set(re.findall(r"`([a-z0-9_]+)`", section))
    assert set(MESSAGES[name].__struct_fields__) <= told


def test_the_page_tells_every_column_in_its_place() -> None:
    told = re.findall(r"^\| (\d) \| `(\w+)` \|", PAGE, re.M)

    assert told == [(str(n), name) for n, name in enumerate(SightingRow.__struct_fields__)]


@pytest.mark.parametrize(
    "word", [*get_args(Kind), *get_args(Band), *get_args(ForeignName), *get_args(ClockQuality)]
)
def test_the_page_tells_every_word(word: str) -> None:
    assert f"`{word}`" in PAGE


@pytest.mark.parametrize("channel", Channel)
def test_the_page_tells_every_topic(channel: Channel) -> None:
    assert f"`beaconry/v1/{{org}}/{{store}}/{{gateway}}/{channel}`" in PAGE


def test_the_page_tells_the_prefix_of_the_token() -> None:
    prefix = ServiceToken("0" * 16).service_uuid[:19]

    assert f"UUID  {prefix[:18]}" in PAGE
