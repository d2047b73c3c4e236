"""Offers and campaigns as plain documents: TOML of a seed file, JSON of the API and the database.

One reading for all three, so that what a seed file may say, the API may say too. Every error
names the path inside the document.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TypeVar

from store_server.errors import Unprocessable
from store_server.ids import CampaignId, OfferId, ZoneId
from store_server.offers.campaign import EVERY_DAY, Campaign, CampaignState
from store_server.offers.creative import Creative, Wording
from store_server.offers.offer import EffectPrior, Offer
from store_server.offers.opening import Hours, clock_text, hours_of
from store_server.offers.trigger import TriggerKind, TriggerRule

T = TypeVar("T")
Document = Mapping[str, object]

CODE = "bad_document"
OFFER_KEYS = frozenset(
    {"id", "name", "category", "product_ids", "price_minor", "margin_minor", "face_value_minor"}
    | {"effect_mean", "effect_strength", "valid_from", "valid_until", "coupon_valid_s"}
    | {"creatives"}
)
CAMPAIGN_KEYS = frozenset(
    {"id", "name", "offers", "trigger", "starts_at", "ends_at", "hours", "weekdays", "state"}
    | {"budget_issues", "budget_minor", "cap_per_visit", "cap_per_day", "fallback_offer"}
    | {"moment_s", "version"}
)


def read_offer(document: Document) -> Offer:
    """The offer that a document describes.

    Raises:
        Unprocessable: a key is missing, unknown or holds what it may not; the text says where.
    """
    _require_known(document, OFFER_KEYS)
    return Offer(
        id=OfferId(_need(document, "id", str)),
        name=_need(document, "name", str),
        category=_need(document, "category", str),
        product_ids=tuple(_list(document, "product_ids", str)),
        price_minor=_need(document, "price_minor", int),
        margin_minor=_need(document, "margin_minor", int),
        face_value_minor=_need(document, "face_value_minor", int),
        effect_prior=EffectPrior(
            mean=_number(document, "effect_mean"), strength=_number(document, "effect_strength")
        ),
        creatives=_creatives(document),
        valid_from=_instant(document, "valid_from"),
        valid_until=_instant(document, "valid_until"),
        coupon_valid_s=_maybe(document, "coupon_valid_s", int),
    )


def read_campaign(document: Document) -> Campaign:
    """The campaign that a document describes; raises as `read_offer` does."""
    _require_known(document, CAMPAIGN_KEYS)
    weekdays = _list(document, "weekdays", int)
    return Campaign(
        id=CampaignId(_need(document, "id", str)),
        name=_need(document, "name", str),
        offers=tuple(OfferId(name) for name in _list(document, "offers", str)),
        trigger=_trigger(document),
        starts_at=_instant(document, "starts_at"),
        ends_at=_instant(document, "ends_at"),
        hours=_hours(document),
        weekdays=frozenset(weekdays) if "weekdays" in document else EVERY_DAY,
        budget_issues=_maybe(document, "budget_issues", int),
        budget_minor=_maybe(document, "budget_minor", int),
        cap_per_visit=_default(document, "cap_per_visit", 1),
        cap_per_day=_default(document, "cap_per_day", 1),
        fallback_offer=_fallback(document),
        state=_state(document),
        moment_s=_maybe(document, "moment_s", int),
        version=_default(document, "version", 1),
    )


def write_offer(offer: Offer) -> dict[str, object]:
    """The document of an offer; `read_offer` gives the same offer back."""
    return _without_none(
        id=offer.id,
        name=offer.name,
        category=offer.category,
        product_ids=list(offer.product_ids),
        price_minor=offer.price_minor,
        margin_minor=offer.margin_minor,
        face_value_minor=offer.face_value_minor,
        effect_mean=offer.effect_prior.mean,
        effect_strength=offer.effect_prior.strength,
        valid_from=_instant_text(offer.valid_from),
        valid_until=_instant_text(offer.valid_until),
        coupon_valid_s=offer.coupon_valid_s,
        creatives={
            key: _creative_document(creative) for key, creative in sorted(offer.creatives.items())
        },
    )


def write_campaign(campaign: Campaign) -> dict[str, object]:
    """The document of a campaign; `read_campaign` gives the same campaign back."""
    hours = campaign.hours
    return _without_none(
        id=campaign.id,
        name=campaign.name,
        offers=list(campaign.offers),
        trigger=_without_none(
            kind=campaign.trigger.kind.value,
            zone=campaign.trigger.zone,
            dwell_s=campaign.trigger.dwell_s,
        ),
        starts_at=_instant_text(campaign.starts_at),
        ends_at=_instant_text(campaign.ends_at),
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
    )


def _creatives(document: Document) -> dict[str, Creative]:
    found: dict[str, Creative] = {}
    for key, texts in _table(document, "creatives").items():
        path = f"creatives.{key}"
        if not isinstance(texts, Mapping):
            raise _wrong(path, texts, "a table with title and body")
        found[key] = read_creative(texts, path=f"{path}.")
    return found


def read_creative(document: Document, *, path: str = "") -> Creative:
    """The creative that a document describes; raises as `read_offer` does."""
    _require_known(document, frozenset({"title", "body", "wording"}), path=path)
    wording = _maybe(document, "wording", str, path=path) or Wording.PLAIN.value
    if wording not in set(Wording):
        raise _wrong(f"{path}wording", wording, f"one of {', '.join(Wording)}")
    return Creative(
        title=_need(document, "title", str, path=path),
        body=_need(document, "body", str, path=path),
        wording=Wording(wording),
    )


def _creative_document(creative: Creative) -> dict[str, object]:
    plain = creative.wording is Wording.PLAIN
    return _without_none(
        title=creative.title,
        body=creative.body,
        wording=None if plain else creative.wording.value,
    )


def _trigger(document: Document) -> TriggerRule:
    rule = _table(document, "trigger")
    _require_known(rule, frozenset({"kind", "zone", "dwell_s"}), path="trigger.")
    kind = _need(rule, "kind", str, path="trigger.")
    if kind not in set(TriggerKind):
        raise _wrong("trigger.kind", kind, f"one of {', '.join(TriggerKind)}")
    zone = _maybe(rule, "zone", str, path="trigger.")
    return TriggerRule(
        kind=TriggerKind(kind),
        zone=ZoneId(zone) if zone is not None else None,
        dwell_s=_maybe(rule, "dwell_s", int, path="trigger."),
    )


def _hours(document: Document) -> Hours | None:
    if document.get("hours") is None:
        return None
    texts = _list(document, "hours", str)
    if len(texts) != 2:
        raise _wrong("hours", texts, 'two times of day, such as ["08:00", "21:00"]')
    return hours_of(texts[0], texts[1])


def _fallback(document: Document) -> OfferId | None:
    name = _maybe(document, "fallback_offer", str)
    return OfferId(name) if name is not None else None


def _state(document: Document) -> CampaignState:
    state = _default(document, "state", CampaignState.DRAFT.value)
    if state not in set(CampaignState):
        raise _wrong("state", state, f"one of {', '.join(CampaignState)}")
    return CampaignState(state)


def _require_known(document: Document, known: frozenset[str], *, path: str = "") -> None:
    for key in document:
        if key not in known:
            near = get_close_matches(key, sorted(known), n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; known are {sorted(known)}"
            raise Unprocessable(f"{path}{key} is not known{hint}", code=CODE)


def _need(document: Document, key: str, kind: type[T], *, path: str = "") -> T:
    if key not in document:
        raise Unprocessable(f"{path}{key} is missing; must be {_KINDS[kind]}", code=CODE)
    return _typed(document[key], f"{path}{key}", kind)


def _maybe(document: Document, key: str, kind: type[T], *, path: str = "") -> T | None:
    value = document.get(key)
    return None if value is None else _typed(value, f"{path}{key}", kind)


def _default(document: Document, key: str, default: T) -> T:
    value = _maybe(document, key, type(default))
    return default if value is None else value


def _list(document: Document, key: str, kind: type[T]) -> list[T]:
    value = document.get(key, [])
    if not isinstance(value, list | tuple):
        raise _wrong(key, value, "a list")
    return [_typed(item, f"{key}[{place}]", kind) for place, item in enumerate(value)]


def _table(document: Document, key: str) -> Document:
    value = document.get(key)
    if not isinstance(value, Mapping):
        raise _wrong(key, value, "a table")
    return value


def _number(document: Document, key: str) -> float:
    value = document.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(key, value, "a number")
    return float(value)


def _instant(document: Document, key: str) -> datetime | None:
    value = document.get(key)
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise _wrong(key, value, "an RFC 3339 instant") from None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise _wrong(key, str(value), "an instant with its offset, as 2026-03-01T00:00:00Z")
    return value.astimezone(UTC)


def _typed(value: object, where: str, kind: type[T]) -> T:
    # A bool is an int in Python, but "budget_issues = true" is a mistake.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _wrong(where, value, _KINDS[kind])
    return value


def _wrong(where: str, value: object, expected: str) -> Unprocessable:
    return Unprocessable(f"{where} is {value!r}; must be {expected}", code=CODE)


def _instant_text(instant: datetime | None) -> str | None:
    return instant.isoformat().replace("+00:00", "Z") if instant is not None else None


def _without_none(**entries: object) -> dict[str, object]:
    return {key: value for key, value in entries.items() if value is not None}


_KINDS: dict[type, str] = {str: "text", int: "a whole number", float: "a number"}
