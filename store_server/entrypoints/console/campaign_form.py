"""The campaign's form: one sentence of fields, read into a document with every mistake at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from store_server.entrypoints.console.field_texts import NEEDED, ONE_OF, TOO_FAR, Reading
from store_server.entrypoints.console.forms import Sent
from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.step_form import read_step_form, step_fields
from store_server.flows.rooms import StoreLive
from store_server.offers.campaign import Campaign, Goal
from store_server.offers.campaign_document import write_campaign
from store_server.offers.opening import clock_text
from store_server.offers.trigger import TriggerKind

GOAL_TEXTS = {
    Goal.PURCHASES: N_("more purchases of it"),
    Goal.MARGIN: N_("more margin"),
    Goal.REDEMPTIONS: N_("more redemptions"),
    Goal.VISITS: N_("more visits"),
}
TRIGGER_TEXTS = {
    "zone_dwell": N_("stays in a zone"),
    "zone_enter": N_("enters a zone"),
    "store_enter": N_("enters the store"),
    "pull": N_("opens the app"),
    "store_exit": N_("leaves the store"),
    "purchase": N_("buys something"),
    "near_store": N_("comes near the store"),
    "schedule": N_("at a set time"),
    "left_without": N_("stays in a zone and leaves without buying"),
    "step": N_("comes to a step of a journey"),
}
WITH_ZONE = frozenset({"zone_dwell", "zone_enter", "left_without"})
WITH_DWELL = frozenset({"zone_dwell", "left_without"})
WITH_CATEGORY = frozenset({"purchase", "left_without"})
WEEKDAYS = tuple(range(1, 8))
END_BEFORE_START = N_("The end is before the start.")
HOURS_BOTH = N_("Give both times, or none.")
MOST_ISSUES = 10**9
# What of a campaign's document the form says, or nobody may: the rest is kept.
SHOWN = frozenset(
    {"id", "state", "version", "name", "trigger", "offers", "segment", "fallback_offer", "weekdays"}
    | {"hours", "cap_per_visit", "cap_per_day", "budget_issues", "budget_minor", "holdout_bp"}
    | {"goal", "smallest_effect_bp", "starts_at", "ends_at", "channels", "step"}
)


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """What a form says: the document (without what cannot be read), and the mistakes by field."""

    document: dict[str, object]
    errors: Mapping[str, str]


def read_campaign_form(
    sent: Sent,
    *,
    live: StoreLive,
    ready: Collection[str],
    where: tuple[str, str],
    before: Campaign | None,
) -> CampaignDraft:
    """The document that a form asks for; what the form does not show stays as it was.

    Args:
        sent: the form.
        live: the zones, offers and segments that it may name.
        ready: the channels that are set up; those that it named before may stay.
        where: the store's time zone and currency.
        before: the campaign as it stands; None: a new one.
    """
    timezone, currency = where
    reading = Reading(sent, timezone, currency)
    zones = {zone.id for zone in live.plan.zones}
    kind = reading.one_of("kind", lambda text: text in set(TriggerKind))
    trigger: dict[str, object] = {"kind": kind, **_placements(kind, before)}
    if kind in WITH_ZONE:
        trigger["zone"] = reading.one_of("zone", lambda text: text in zones)
    if kind in WITH_DWELL:
        trigger["dwell_s"] = reading.whole("dwell_s", 1, 3600)
        if trigger["dwell_s"] is None and "dwell_s" not in reading.errors:
            reading.errors["dwell_s"] = NEEDED
    if kind in WITH_CATEGORY and (category := sent.text("category", longest=80)):
        trigger["category"] = category
    if kind == "schedule":
        trigger["cron"] = reading.text("cron", longest=80)
    offers = [name for name in sent.all("offers") if name in live.catalogue.offers]
    if not offers:
        reading.errors["offers"] = NEEDED
    document: dict[str, object] = {
        "name": reading.text("name", longest=80),
        "trigger": trigger,
        "offers": offers,
        "segment": _chosen(reading, "segment", set(live.segments.segments)),
        "fallback_offer": _chosen(reading, "fallback_offer", set(live.catalogue.offers)),
        "weekdays": [day for day in WEEKDAYS if str(day) in sent.all("weekdays")],
        "hours": _hours(reading),
        "cap_per_visit": reading.whole("cap_per_visit", 1, 1000) or 1,
        "cap_per_day": reading.whole("cap_per_day", 1, 1000) or 1,
        "budget_issues": reading.whole("budget_issues", 0, MOST_ISSUES),
        "budget_minor": reading.money("budget"),
        "holdout_bp": reading.basis_points("holdout", 5_000) or 0,
        "goal": reading.one_of("goal", lambda text: text in set(Goal)),
        "smallest_effect_bp": _effect(reading),
        "channels": _channels(reading, ready, before) or None,
        **_window(reading),
    }
    document["step"] = read_step_form(sent, offers, reading.errors, before)
    if not document["weekdays"]:
        reading.errors["weekdays"] = NEEDED
    known = {**_not_shown(before), **document}
    return CampaignDraft(
        {name: value for name, value in known.items() if value is not None}, reading.errors
    )


def fields_of(campaign: Campaign, *, timezone: str, exponent: int) -> Sent:
    """The fields of the form as a campaign fills them."""
    local = ZoneInfo(timezone)
    hours = campaign.hours
    budget = campaign.budget_minor
    last = None if campaign.ends_at is None else campaign.ends_at - timedelta(seconds=1)
    single = {
        "name": campaign.name,
        "kind": campaign.trigger.kind.value,
        "zone": campaign.trigger.zone,
        "dwell_s": campaign.trigger.dwell_s,
        "category": campaign.trigger.category,
        "cron": campaign.trigger.cron,
        "segment": campaign.segment,
        "fallback_offer": campaign.fallback_offer,
        "from": clock_text(hours.from_minute) if hours else None,
        "until": clock_text(hours.until_minute) if hours else None,
        "cap_per_visit": campaign.cap_per_visit,
        "cap_per_day": campaign.cap_per_day,
        "budget_issues": campaign.budget_issues,
        "budget": None if budget is None else f"{budget / 10**exponent:.{exponent}f}",
        "holdout": f"{campaign.holdout_bp / 100:g}",
        "goal": campaign.goal.value if campaign.goal else None,
        "smallest_effect": None
        if campaign.smallest_effect_bp is None
        else f"{campaign.smallest_effect_bp / 100:g}",
        "starts": _day(campaign.starts_at, local),
        "ends": _day(last, local),
    }
    fields: dict[str, tuple[str, ...]] = {
        name: (str(value),) for name, value in single.items() if value is not None
    }
    fields |= step_fields(campaign)
    fields["offers"] = tuple(campaign.offers)
    fields["channels"] = tuple(sorted(campaign.limits.channels))
    fields["weekdays"] = tuple(str(day) for day in sorted(campaign.weekdays))
    return Sent(fields)


def first_fields(live: StoreLive, *, offer: str = "") -> Sent:
    """The form of a campaign that is begun, with this offer: what most campaigns say."""
    zone = live.plan.zones[0].id if live.plan.zones else ""
    first = {"kind": "zone_dwell", "zone": zone, "dwell_s": "20", "cap_per_visit": "1"}
    last = {"cap_per_day": "1", "holdout": "10", "goal": "purchases", "smallest_effect": "3"}
    fields = {name: (value,) for name, value in (first | last).items()}
    if offer in live.catalogue.offers:
        fields["offers"] = (offer,)
    return Sent({**fields, "weekdays": tuple(str(day) for day in WEEKDAYS)})


def _not_shown(before: Campaign | None) -> dict[str, object]:
    """What a campaign says that no field of the form does."""
    document = {} if before is None else write_campaign(before)
    return {name: value for name, value in document.items() if name not in SHOWN}


def _placements(kind: str, before: Campaign | None) -> dict[str, object]:
    """Where a pull must come from: the form does not ask."""
    rule = before.trigger if before is not None else None
    if rule is None or rule.kind != kind or not rule.placements:
        return {}
    return {"placements": sorted(rule.placements)}


def _channels(reading: Reading, ready: Collection[str], before: Campaign | None) -> list[str]:
    """The channels that were ticked; none: every one but screens."""
    ticked = reading.sent.all("channels")
    allowed = {*ready, *(before.limits.channels if before is not None else ())}
    if any(one not in allowed for one in ticked):
        reading.errors["channels"] = ONE_OF
    return sorted(set(ticked) & allowed)


def _chosen(reading: Reading, name: str, known: Collection[str]) -> str | None:
    text = reading.one_of(name, lambda text: not text or text in known)
    return text or None


def _effect(reading: Reading) -> int | None:
    effect = reading.basis_points("smallest_effect", 10_000)
    if effect is None and "smallest_effect" not in reading.errors:
        reading.errors["smallest_effect"] = NEEDED
    elif effect == 0:
        reading.errors["smallest_effect"] = TOO_FAR
    return effect


def _hours(reading: Reading) -> list[str] | None:
    start, end = reading.clock("from"), reading.clock("until")
    if (start is None) != (end is None) or (start is not None and start == end):
        reading.errors.setdefault("until", HOURS_BOTH)
    return [start, end] if start and end else None


def _window(reading: Reading) -> dict[str, object]:
    starts, last = reading.midnight("starts"), reading.midnight("ends")
    if last is None:
        reading.errors.setdefault("ends", NEEDED)
        return {}
    ends = last + timedelta(days=1)
    if starts is not None and ends <= starts:
        reading.errors["ends"] = END_BEFORE_START
    window = {"starts_at": starts, "ends_at": ends}
    return {name: at.isoformat() for name, at in window.items() if at is not None}


def _day(at: datetime | None, local: ZoneInfo) -> str | None:
    return None if at is None else at.astimezone(local).date().isoformat()
