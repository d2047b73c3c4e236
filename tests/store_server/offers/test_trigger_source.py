"""Zone events and visits raise triggers only when somebody listens, and only when fresh."""

from store_server.ids import ShopperId, ZoneId
from store_server.offers.catalogue import Catalogue, catalogue_of
from store_server.offers.trigger import Trigger, TriggerKind, TriggerRule
from store_server.offers.trigger_source import triggers_from
from store_server.presence.engine import EventKind, ZoneEvent
from store_server.presence.visit import Visit, VisitChange
from tests.store_server.offers.builders import NOON, a_campaign, an_offer

CATALOGUE = catalogue_of(
    [an_offer()],
    [
        a_campaign("dwell"),
        a_campaign("enter", trigger=TriggerRule(TriggerKind.ZONE_ENTER, ZoneId("dairy"))),
        a_campaign("door", trigger=TriggerRule(TriggerKind.STORE_ENTER)),
    ],
)
VISIT = Visit("v1", ShopperId("ann"), NOON)


def an_event(
    kind: EventKind = "dwell", *, zone: str = "bakery", dwell_s: float = 20.0, age_s: float = 0
) -> ZoneEvent:
    t = NOON.timestamp() - age_s
    return ZoneEvent(f"{kind}-{zone}-{dwell_s}", kind, "ann", ZoneId(zone), t, t, dwell_s)


def raised(*events: ZoneEvent, catalogue: Catalogue = CATALOGUE) -> list[Trigger]:
    return triggers_from(
        events, [], catalogue=catalogue, visits={"ann": VISIT}, now=NOON, late_s=30
    )


def test_a_stay_as_long_as_a_campaign_waits_for_asks() -> None:
    (trigger,) = raised(an_event(dwell_s=20.0))

    assert (trigger.kind, trigger.zone, trigger.dwell_s) == (TriggerKind.ZONE_DWELL, "bakery", 20)
    assert (trigger.visit_id, trigger.at) == ("v1", NOON)


def test_what_nobody_listens_to_asks_nothing() -> None:
    events = (
        an_event(dwell_s=30.0),
        an_event(zone="drinks"),
        an_event("enter", zone="bakery", dwell_s=0),
        an_event("exit", zone="dairy"),
    )

    assert raised(*events) == []


def test_old_events_are_history() -> None:
    assert raised(an_event(age_s=30.5)) == []
    assert len(raised(an_event(age_s=29.5))) == 1


def test_a_visit_that_begins_asks_once() -> None:
    changes = [VisitChange("started", VISIT), VisitChange("moved", VISIT)]

    triggers = triggers_from([], changes, catalogue=CATALOGUE, visits={}, now=NOON, late_s=30)

    assert [(one.kind, one.visit_id) for one in triggers] == [(TriggerKind.STORE_ENTER, "v1")]


def test_the_order_does_not_depend_on_who_reported_first() -> None:
    early = an_event("enter", zone="dairy", dwell_s=0, age_s=5)
    events = (an_event(), early)

    assert raised(*events) == raised(*reversed(events))
    assert [one.zone for one in raised(*events)] == ["dairy", "bakery"]


def test_the_same_event_is_the_same_trigger() -> None:
    assert raised(an_event())[0].id == raised(an_event())[0].id
