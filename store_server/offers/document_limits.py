"""Limits of campaigns and terms of offers as parts of their documents; the usual is left out."""

from store_server.offers.channel import SENT_CHANNELS, ReadingChannel
from store_server.offers.document_fields import (
    Document,
    default_of,
    list_of,
    maybe,
    unless,
    without_none,
    wrong,
)
from store_server.offers.limits import CampaignLimits, Reentry
from store_server.offers.terms import DiscountBounds, OfferTerms

LIMIT_KEYS = frozenset(
    {"cap_per_week", "cooldown_s", "reentry", "reentry_days", "min_confidence_bp"}
    | {"budget_redemptions", "channels"}
)
TERM_KEYS = frozenset(
    {"minimum_age", "margin_floor_minor", "cap_per_week", "coupon_pool"}
    | {"budget_minor", "budget_redemptions"}
    | {"discount_least_minor", "discount_most_minor", "discount_step_minor"}
)


def read_limits(document: Document) -> CampaignLimits:
    """The limits that a campaign's document states."""
    reentry = default_of(document, "reentry", Reentry.ALWAYS.value)
    if reentry not in set(Reentry):
        raise wrong("reentry", reentry, f"one of {', '.join(Reentry)}")
    return CampaignLimits(
        cap_per_week=maybe(document, "cap_per_week", int),
        cooldown_s=default_of(document, "cooldown_s", 0),
        reentry=Reentry(reentry),
        reentry_days=maybe(document, "reentry_days", int),
        min_confidence_bp=default_of(document, "min_confidence_bp", 0),
        budget_redemptions=maybe(document, "budget_redemptions", int),
        channels=_channels(document),
    )


def write_limits(limits: CampaignLimits) -> dict[str, object]:
    """The entries of the limits; `read_limits` gives the same back."""
    return without_none(
        cap_per_week=limits.cap_per_week,
        cooldown_s=unless(limits.cooldown_s, 0),
        reentry=unless(limits.reentry.value, Reentry.ALWAYS.value),
        reentry_days=limits.reentry_days,
        min_confidence_bp=unless(limits.min_confidence_bp, 0),
        budget_redemptions=limits.budget_redemptions,
        channels=sorted(limits.channels) or None,
    )


def read_terms(document: Document) -> OfferTerms:
    """The terms that an offer's document states."""
    return OfferTerms(
        minimum_age=maybe(document, "minimum_age", int),
        margin_floor_minor=maybe(document, "margin_floor_minor", int),
        discount=_discount(document),
        cap_per_week=maybe(document, "cap_per_week", int),
        coupon_pool=maybe(document, "coupon_pool", int),
        budget_minor=maybe(document, "budget_minor", int),
        budget_redemptions=maybe(document, "budget_redemptions", int),
    )


def write_terms(terms: OfferTerms) -> dict[str, object]:
    """The entries of the terms; `read_terms` gives the same back."""
    bounds = terms.discount
    return without_none(
        minimum_age=terms.minimum_age,
        margin_floor_minor=terms.margin_floor_minor,
        discount_least_minor=bounds.least_minor if bounds else None,
        discount_most_minor=bounds.most_minor if bounds else None,
        discount_step_minor=unless(bounds.step_minor, 1) if bounds else None,
        cap_per_week=terms.cap_per_week,
        coupon_pool=terms.coupon_pool,
        budget_minor=terms.budget_minor,
        budget_redemptions=terms.budget_redemptions,
    )


def _channels(document: Document) -> frozenset[ReadingChannel]:
    names = list_of(document, "channels", str)
    for name in names:
        if name not in SENT_CHANNELS:
            raise wrong("channels", name, f"some of {', '.join(sorted(SENT_CHANNELS))}")
    return frozenset(map(ReadingChannel, names))


def _discount(document: Document) -> DiscountBounds | None:
    least = maybe(document, "discount_least_minor", int)
    most = maybe(document, "discount_most_minor", int)
    step = maybe(document, "discount_step_minor", int)
    if least is None and most is None and step is None:
        return None
    if least is None or most is None:
        raise wrong(
            "discount_least_minor, discount_most_minor", [least, most], "both or neither of them"
        )
    return DiscountBounds(least, most, 1 if step is None else step)
