"""Campaigns as plain documents, read and written as `document` does offers."""

from store_server.ids import CampaignId, OfferId, ZoneId
from store_server.offers.campaign import EVERY_DAY, Campaign, CampaignState, Goal
from store_server.offers.document_fields import (
    Document,
    default_of,
    instant,
    instant_text,
    list_of,
    maybe,
    need,
    require_known,
    table,
    unless,
    without_none,
    wrong,
)
from store_server.offers.document_limits import LIMIT_KEYS, read_limits, write_limits
from store_server.offers.opening import Hours, clock_text, hours_of
from store_server.offers.step_document import read_step, write_step
from store_server.offers.trigger import Placement, TriggerKind, TriggerRule

TRIGGER_KEYS = frozenset({"kind", "zone", "dwell_s", "category", "cron", "placements"})
CAMPAIGN_KEYS = frozenset(
    {"id", "name", "offers", "trigger", "starts_at", "ends_at", "hours", "weekdays", "state"}
    | {"budget_issues", "budget_minor", "cap_per_visit", "cap_per_day", "fallback_offer"}
    | {"moment_s", "version", "goal", "smallest_effect_bp"}
    | {"segment", "holdout_bp", "priority", "exclusion_group", "step"}
    | LIMIT_KEYS
)


def read_campaign(document: Document) -> Campaign:
    """The campaign that a document describes; raises as `read_offer` does."""
    require_known(document, CAMPAIGN_KEYS)
    weekdays = list_of(document, "weekdays", int)
    offers = tuple(OfferId(name) for name in list_of(document, "offers", str))
    return Campaign(
        id=CampaignId(need(document, "id", str)),
        name=need(document, "name", str),
        offers=offers,
        trigger=_trigger(document),
        starts_at=instant(document, "starts_at"),
        ends_at=instant(document, "ends_at"),
        hours=_hours(document),
        weekdays=frozenset(weekdays) if "weekdays" in document else EVERY_DAY,
        budget_issues=maybe(document, "budget_issues", int),
        budget_minor=maybe(document, "budget_minor", int),
        cap_per_visit=default_of(document, "cap_per_visit", 1),
        cap_per_day=default_of(document, "cap_per_day", 1),
        fallback_offer=_fallback(document),
        state=_state(document),
        moment_s=maybe(document, "moment_s", int),
        version=default_of(document, "version", 1),
        goal=_goal(document),
        smallest_effect_bp=maybe(document, "smallest_effect_bp", int),
        segment=maybe(document, "segment", str),
        holdout_bp=default_of(document, "holdout_bp", 0),
        priority=default_of(document, "priority", 0),
        exclusion_group=maybe(document, "exclusion_group", str),
        limits=read_limits(document),
        step=read_step(document, offers=offers),
    )


def write_campaign(campaign: Campaign) -> dict[str, object]:
    """The document of a campaign; `read_campaign` gives the same campaign back."""
    hours = campaign.hours
    return without_none(
        id=campaign.id,
        name=campaign.name,
        offers=list(campaign.offers),
        trigger=without_none(
            kind=campaign.trigger.kind.value,
            zone=campaign.trigger.zone,
            dwell_s=campaign.trigger.dwell_s,
            category=campaign.trigger.category,
            cron=campaign.trigger.cron,
            placements=sorted(campaign.trigger.placements) or None,
        ),
        starts_at=instant_text(campaign.starts_at),
        ends_at=instant_text(campaign.ends_at),
        hours=[clock_text(hours.from_minute), clock_text(hours.until_minute)] if hours else None,
        weekdays=sorted(campaign.weekdays),
        budget_issues=campaign.budget_issues,
        budget_minor=campaign.budget_minor,
        cap_per_visit=campaign.cap_per_visit,
        cap_per_day=campaign.cap_per_day,
        fallback_offer=campaign.fallback_offer,
        state=campaign.state.value,
        moment_s=campaign.moment_s,
        version=campaign.version,
        goal=campaign.goal.value if campaign.goal is not None else None,
        smallest_effect_bp=campaign.smallest_effect_bp,
        segment=campaign.segment,
        holdout_bp=unless(campaign.holdout_bp, 0),
        priority=unless(campaign.priority, 0),
        exclusion_group=campaign.exclusion_group,
        step=write_step(campaign.step),
        **write_limits(campaign.limits),
    )


def _trigger(document: Document) -> TriggerRule:
    rule = table(document, "trigger")
    require_known(rule, TRIGGER_KEYS, path="trigger.")
    kind = need(rule, "kind", str, path="trigger.")
    if kind not in set(TriggerKind):
        raise wrong("trigger.kind", kind, f"one of {', '.join(TriggerKind)}")
    zone = maybe(rule, "zone", str, path="trigger.")
    return TriggerRule(
        kind=TriggerKind(kind),
        zone=ZoneId(zone) if zone is not None else None,
        dwell_s=maybe(rule, "dwell_s", int, path="trigger."),
        category=maybe(rule, "category", str, path="trigger."),
        cron=maybe(rule, "cron", str, path="trigger."),
        placements=_placements(rule),
    )


def _placements(rule: Document) -> frozenset[Placement]:
    names = list_of(rule, "placements", str)
    for name in names:
        if name not in set(Placement):
            raise wrong("trigger.placements", name, f"some of {', '.join(Placement)}")
    return frozenset(map(Placement, names))


def _hours(document: Document) -> Hours | None:
    if document.get("hours") is None:
        return None
    texts = list_of(document, "hours", str)
    if len(texts) != 2:
        raise wrong("hours", texts, 'two times of day, such as ["08:00", "21:00"]')
    return hours_of(texts[0], texts[1])


def _fallback(document: Document) -> OfferId | None:
    name = maybe(document, "fallback_offer", str)
    return OfferId(name) if name is not None else None


def _state(document: Document) -> CampaignState:
    state = default_of(document, "state", CampaignState.DRAFT.value)
    if state not in set(CampaignState):
        raise wrong("state", state, f"one of {', '.join(CampaignState)}")
    return CampaignState(state)


def _goal(document: Document) -> Goal | None:
    goal = maybe(document, "goal", str)
    if goal is not None and goal not in set(Goal):
        raise wrong("goal", goal, f"one of {', '.join(Goal)}")
    return Goal(goal) if goal is not None else None
