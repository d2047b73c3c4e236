"""A rule says what it listens to, and nothing that its kind does not know."""

import pytest

from store_server.errors import Unprocessable
from store_server.ids import CampaignId, ZoneId
from store_server.offers.catalogue import catalogue_of
from store_server.offers.trigger import Placement, Trigger, TriggerKind, TriggerRule
from tests.store_server.offers.builders import a_campaign, a_trigger, an_offer

K = TriggerKind
BAKERY = ZoneId("bakery")


def asked(kind: TriggerKind, **more: object) -> Trigger:
    zone = more.pop("zone", None)
    base = a_trigger(kind=kind, zone=None, dwell_s=None)
    fields = {name: getattr(base, name) for name in ("id", "shopper", "at", "event_id")}
    return Trigger(kind=kind, zone=zone, **fields, **more)  # type: ignore[arg-type] # any field


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"kind": K.STORE_EXIT, "zone": BAKERY}, "zone is 'bakery'; must be absent"),
        (
            {"kind": K.LEFT_WITHOUT, "zone": BAKERY, "dwell_s": 60},
            "category is None; must be given",
        ),
        (
            {"kind": K.LEFT_WITHOUT, "category": "BREAD", "dwell_s": 60},
            "zone is None; must be given",
        ),
        ({"kind": K.ZONE_ENTER, "category": "BREAD"}, "category is 'BREAD'; must be absent"),
        ({"kind": K.SCHEDULE}, "cron is None; must be given"),
        ({"kind": K.PULL, "cron": "0 9 * * *"}, "cron is '0 9 * * *'; must be absent"),
        ({"kind": K.SCHEDULE, "cron": "* 9 * * *"}, "one minute of the hour"),
        ({"kind": K.SCHEDULE, "cron": "9"}, "has 1 fields"),
        ({"kind": K.PURCHASE, "placements": frozenset({Placement.APP})}, "placements is"),
    ],
)
def test_what_a_kind_does_not_know_is_refused(rule: dict[str, object], text: str) -> None:
    with pytest.raises(Unprocessable) as caught:
        TriggerRule(**rule)  # type: ignore[arg-type] # wrong on purpose

    assert text in str(caught.value)


def test_a_purchase_is_heard_by_who_waits_for_its_category_or_for_any() -> None:
    bread, anything = TriggerRule(K.PURCHASE, category="BREAD"), TriggerRule(K.PURCHASE)
    bought = asked(K.PURCHASE, bought=("BREAD", "MILK"))
    milk = asked(K.PURCHASE, bought=("MILK",))

    assert [rule.matches(one) for rule in (bread, anything) for one in (bought, milk)] == [
        True,
        False,
        True,
        True,
    ]


def test_a_pull_rule_answers_where_it_is_to_be_shown() -> None:
    receipt = TriggerRule(K.PULL, placements=frozenset({Placement.RECEIPT}))

    assert receipt.matches(asked(K.PULL, placement=Placement.RECEIPT))
    assert not receipt.matches(asked(K.PULL, placement=Placement.APP))
    assert TriggerRule(K.PULL).matches(asked(K.PULL, placement=Placement.KIOSK))


@pytest.mark.parametrize("kind", [K.PURCHASE, K.NEAR_STORE, K.STORE_EXIT])
def test_a_pull_does_not_answer_for_what_waits_for_another_moment(kind: TriggerKind) -> None:
    campaign = a_campaign(trigger=TriggerRule(kind))

    assert not campaign.answers(asked(K.PULL))
    assert catalogue_of([an_offer()], [campaign]).listening(K.PULL, None) == ()


def test_a_trigger_that_names_a_campaign_asks_nobody_else() -> None:
    rule = TriggerRule(K.SCHEDULE, cron="0 9 * * *")
    trigger = asked(K.SCHEDULE, campaign=CampaignId("a"))

    heard = [a_campaign(name, trigger=rule).answers(trigger) for name in ("a", "b")]

    assert heard == [True, False]
