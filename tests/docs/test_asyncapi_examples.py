"""docs/asyncapi.yaml: every example fits its schema, and what is posted fits it too."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # has no types

from store_server.ids import CampaignId, ShopperId, scope
from store_server.outbox.event import consent_changed, event_body
from store_server.outbox.notification import endpoint_test_body, offer_test_body, webhook_body
from store_server.outbox.staff_task import alert_event
from tests.store_server.flows.wait_builders import a_task
from tests.store_server.offers.builders import an_offer
from tests.store_server.outbox.builders import a_notification

SPEC = yaml.safe_load((Path(__file__).parents[2] / "docs" / "asyncapi.yaml").read_text())
HERE = scope("acme", "demo")
AT = datetime(2026, 1, 5, 10, tzinfo=UTC)
EXAMPLES = [
    pytest.param(name, example["payload"], id=f"{name}-{example['name']}")
    for name, message in SPEC["components"]["messages"].items()
    for example in message.get("examples", [])
]
CHANGED = consent_changed(
    HERE, shopper=ShopperId("s"), purpose="offers", granted=True, source="app", at=AT
)
POSTED = {
    "OfferNotification": webhook_body(a_notification(), HERE),
    "ConsentChanged": event_body(CHANGED, HERE),
    "StaffAlert": event_body(alert_event(a_task("t"), HERE), HERE),
    "OfferTest": offer_test_body(
        "test_1",
        an_offer(),
        HERE,
        words=("Rye", "0.50 off"),
        where=(CampaignId("bread"), None),
        span=(AT, AT),
    ),
    "EndpointTest": endpoint_test_body("e", HERE, at=AT),
}


def problems(message: str, payload: object) -> list[str]:
    """What does not fit; references lead into the same document."""
    schema: dict[str, Any] = {**SPEC["components"]["messages"][message]["payload"]}
    schema["components"] = SPEC["components"]
    return [one.message for one in Draft202012Validator(schema).iter_errors(payload)]


@pytest.mark.parametrize(("message", "payload"), EXAMPLES)
def test_an_example_fits_its_schema(message: str, payload: object) -> None:
    assert problems(message, payload) == []


@pytest.mark.parametrize("message", SPEC["components"]["messages"])
def test_every_message_has_an_example(message: str) -> None:
    assert message in {param.values[0] for param in EXAMPLES}


@pytest.mark.parametrize("message", POSTED)
def test_what_is_posted_fits_the_schema_and_has_nothing_beside_it(message: str) -> None:
    posted = json.loads(POSTED[message])

    assert problems(message, posted) == []
    told = SPEC["components"]["schemas"][message]["properties"]["data"]["properties"]
    assert set(posted["data"]) == set(told)


def test_a_wrong_example_would_be_seen() -> None:
    assert problems("ConsentChanged", {"type": "consent.changed"}) != []
