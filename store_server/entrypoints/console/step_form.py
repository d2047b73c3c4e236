"""The part of the campaign's form that says what it waits for, and what follows on either way."""

from collections.abc import Collection, Mapping

from store_server.entrypoints.console.forms import Sent
from store_server.entrypoints.console.frame import N_
from store_server.ids import OfferId
from store_server.offers.campaign import Campaign
from store_server.offers.opening import clock_text
from store_server.offers.step import Branch
from store_server.offers.step_document import Mistakes, step_of

EVENT_TEXTS = {
    "zone_enter": N_("they enter the zone"),
    "purchase": N_("they buy of the category"),
    "offer_opened": N_("they open an offer of the campaign"),
    "offer_redeemed": N_("they use a coupon of the campaign"),
    "offer_dismissed": N_("they wave away an offer of the campaign"),
    "app_event": N_("the app reports"),
}
DOES_TEXTS = {
    "nothing": N_("say nothing"),
    "offer": N_("send the best of its offers"),
    "staff": N_("call the staff"),
}
STEP_WRONG = N_("This cannot be; look at what is said here.")
_NAMED = {"zone_enter": "zone", "purchase": "category", "app_event": "name"}
# Which field of the form shows a mistake of which part of the step.
_FIELDS = {
    "step.event": "step_named",
    "step.for_s": "step_minutes",
    "step.at": "step_at",
    "step.on_event": "step_event_message",
    "step.on_timeout": "step_timeout_message",
}


def read_step_form(
    sent: Sent, offers: Collection[str], errors: dict[str, str], before: Campaign | None
) -> dict[str, object] | None:
    """The step that a form asks for, None for none; every mistake goes to `errors` by field.

    What the form does not show, which of its offers a way makes, stays as it was.
    """
    if not sent.ticked("waits"):
        return None
    step: dict[str, object] = {"on_timeout": _branch(sent, "timeout", before, offers)}
    kind = sent.text("step_event", longest=30)
    if kind:
        named = sent.text("step_named", longest=80) or None
        step["event"] = {"kind": kind, _NAMED.get(kind, "campaign"): named}
        step["on_event"] = _branch(sent, "event", before, offers)
    minutes = sent.text("step_minutes", longest=6)
    if minutes:
        step["for_s"] = int(minutes) * 60 if minutes.isascii() and minutes.isdigit() else minutes
    if clock := sent.text("step_at", longest=5):
        step["at"] = clock
    mistakes = Mistakes()
    step_of(step, offers=map(OfferId, offers), mistakes=mistakes)
    for path in mistakes.found:
        field = next((name for part, name in _FIELDS.items() if path.startswith(part)), "step_at")
        errors.setdefault(field, STEP_WRONG)
    return step


def step_fields(campaign: Campaign) -> dict[str, tuple[str, ...]]:
    """The fields of the form as a campaign's step fills them."""
    step = campaign.step
    if step is None:
        return {}
    awaited = step.awaited
    named = awaited and (awaited.zone or awaited.category or awaited.campaign or awaited.name)
    single: Mapping[str, object | None] = {
        "waits": "yes",
        "step_event": awaited.kind.value if awaited else "",
        "step_named": named,
        "step_minutes": None if step.for_s is None else max(1, round(step.for_s / 60)),
        "step_at": None if step.at_minute is None else clock_text(step.at_minute),
        "step_event_do": step.on_event.does.value,
        "step_event_message": step.on_event.message,
        "step_timeout_do": step.on_timeout.does.value,
        "step_timeout_message": step.on_timeout.message,
    }
    return {name: (str(value),) for name, value in single.items() if value is not None}


def _branch(
    sent: Sent, way: str, before: Campaign | None, offers: Collection[str]
) -> dict[str, object]:
    does = sent.text(f"step_{way}_do", longest=20) or "nothing"
    branch: dict[str, object] = {"do": does}
    if does == "staff":
        branch["message"] = sent.text(f"step_{way}_message", longest=200) or None
    known = _known(before, way)
    if does == "offer" and known is not None and known.does.value == "offer":
        kept = [one for one in known.offers if one in offers]
        if kept:
            branch["offers"] = kept
    return branch


def _known(before: Campaign | None, way: str) -> Branch | None:
    step = before.step if before is not None else None
    if step is None:
        return None
    return step.on_event if way == "event" else step.on_timeout
