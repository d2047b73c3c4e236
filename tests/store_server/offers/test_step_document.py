"""A step is read as it was written, and every mistake in it is told at once."""

from typing import Any

import pytest

from store_server.errors import Unprocessable
from store_server.ids import OfferId
from store_server.offers.campaign_document import read_campaign, write_campaign
from store_server.offers.step_document import read_step, write_step
from tests.store_server.flows.wait_builders import CALL, a_journey, a_step
from tests.store_server.offers.builders import a_campaign

OURS = (OfferId("rye"), OfferId("milk"))
WHOLE: dict[str, Any] = {
    "event": {"kind": "purchase", "category": "BREAD"},
    "for_s": 600,
    "at": "18:00",
    "on_event": {"do": "nothing"},
    "on_timeout": {"do": "staff", "message": "Somebody waits at the bread"},
}


def mistakes_of(**changed: Any) -> list[str]:
    with pytest.raises(Unprocessable) as refused:
        read_step({"step": {**WHOLE, **changed}}, offers=OURS)
    assert refused.value.code == "bad_step"
    return [one.partition(" is ")[0] for one in str(refused.value).split("; step")]


def test_what_is_written_is_read_again() -> None:
    step = read_step({"step": WHOLE}, offers=OURS)

    assert write_step(step) == WHOLE
    assert read_step({}, offers=OURS) is None
    for one in (a_journey(), a_journey(step=a_step(on_timeout=CALL)), a_campaign()):
        assert read_campaign(write_campaign(one)) == one


def test_every_mistake_is_told_at_once() -> None:
    found = mistakes_of(
        event={"kind": "purchase", "zone": "bakery"},
        for_s=0,
        at="25:00",
        on_event={"do": "sing"},
        on_timeout={"do": "offer", "offers": ["cake"], "message": "hello", "ofers": []},
    )

    assert found == [
        "step.event.zone",
        ".for_s",
        ".at",
        ".on_event.do",
        ".on_timeout.ofers",
        ".on_timeout.message",
        ".on_timeout.offers",
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"for_s": None, "at": None}, "step.for_s"),
        ({"for_s": 30 * 86_400 + 1}, "step.for_s"),
        ({"event": None}, "step.on_event"),
        ({"event": {"kind": "app_event"}}, "step.event.name"),
        ({"event": "bread"}, "step.event"),
        ({"on_timeout": {"do": "nothing"}}, "step.on_timeout"),
        ({"on_timeout": {"do": "staff"}}, "step.on_timeout.message"),
        ({"on_timeout": {"do": "staff", "message": "x" * 161}}, "step.on_timeout.message"),
        ({"on_timeout": {"do": "staff", "message": "a\nb"}}, "step.on_timeout.message"),
        ({"on_event": {"do": "nothing", "offers": ["rye"]}}, "step.on_event.offers"),
    ],
)
def test_what_cannot_be_is_refused(changed: dict[str, Any], field: str) -> None:
    assert mistakes_of(**changed)[0] == field


def test_who_asks_is_answered_at_once() -> None:
    document = write_campaign(a_journey()) | {"trigger": {"kind": "pull"}}

    with pytest.raises(Unprocessable, match="step is 'a step'; must be absent"):
        read_campaign(document)


def test_a_step_is_no_trigger_of_a_campaign() -> None:
    document = write_campaign(a_campaign()) | {"trigger": {"kind": "step"}}

    with pytest.raises(Unprocessable, match="kind is 'step'"):
        read_campaign(document)
