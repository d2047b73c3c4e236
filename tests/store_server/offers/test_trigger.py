"""A rule listens to its kind, zone and length of stay; a pull asks every rule of the zone."""

import pytest

from store_server.errors import Unprocessable
from store_server.ids import ShopperId, ZoneId
from store_server.offers.trigger import Trigger, TriggerKind, TriggerRule, pull_trigger
from tests.store_server.offers.builders import NOON, a_trigger

DWELL_20 = TriggerRule(TriggerKind.ZONE_DWELL, ZoneId("bakery"), 20)


@pytest.mark.parametrize(
    ("trigger", "heard"),
    [
        (a_trigger(), True),
        (a_trigger(dwell_s=30), False),
        (a_trigger(zone="dairy"), False),
        (a_trigger(kind=TriggerKind.ZONE_ENTER, dwell_s=None), False),
        (a_trigger(kind=TriggerKind.PULL, dwell_s=None), True),
        (a_trigger(kind=TriggerKind.PULL, zone="dairy", dwell_s=None), False),
    ],
)
def test_a_dwell_rule_hears_its_own_mark_and_pulls_of_its_zone(
    trigger: Trigger, heard: bool
) -> None:
    assert DWELL_20.matches(trigger) is heard


@pytest.mark.parametrize(
    ("kind", "zone", "dwell_s"),
    [
        (TriggerKind.ZONE_DWELL, "bakery", None),
        (TriggerKind.ZONE_DWELL, "bakery", 0),
        (TriggerKind.ZONE_ENTER, "bakery", 20),
        (TriggerKind.STORE_ENTER, "bakery", None),
    ],
)
def test_a_rule_that_cannot_be_is_refused(
    kind: TriggerKind, zone: str, dwell_s: int | None
) -> None:
    with pytest.raises(Unprocessable, match="trigger"):
        TriggerRule(kind, ZoneId(zone), dwell_s)


def test_the_same_request_of_a_shopper_is_the_same_question() -> None:
    def asked(shopper: str, request: str) -> str:
        return pull_trigger(
            org="acme",
            store="demo",
            shopper=ShopperId(shopper),
            request_id=request,
            at=NOON,
            zone=None,
            visit_id=None,
        ).id

    assert asked("ann", "r1") == asked("ann", "r1")
    assert len({asked("ann", "r1"), asked("ann", "r2"), asked("bob", "r1")}) == 3
