"""Which terms and words of an offer somebody was promised: its versions, and their names.

A decision and a coupon name the number of the version that they were made by. Coupons from before
offers had numbers name 12 characters that follow from what was promised.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from store_server.ids import natural_id
from store_server.offers.document import write_offer
from store_server.offers.offer import Offer

_CHARACTERS = 12
# What neither promises anything nor says it: tags only help to find an offer again.
_NO_PROMISE = frozenset({"tags", "version"})


@dataclass(frozen=True, slots=True)
class OfferVersion:
    """One version as it was saved; None where that was before anybody wrote it down."""

    offer: Offer
    saved_by: str | None
    saved_at: datetime | None


def promises(offer: Offer) -> dict[str, object]:
    """The document of an offer without its number and its tags: the content of a version."""
    return {key: one for key, one in write_offer(offer).items() if key not in _NO_PROMISE}


def is_same_promise(one: Offer, other: Offer) -> bool:
    """Whether an edit from one to the other makes no new version."""
    return replace(one, tags=other.tags, version=other.version) == other


def version_of(offer: Offer) -> str:
    """12 characters that two versions of an offer share only when nothing promised differs."""
    written = json.dumps(promises(offer), sort_keys=True)
    return natural_id("offer version", offer.id, written)[:_CHARACTERS]


def version_named(name: str | None, known: Iterable[Offer]) -> Offer | None:
    """The version that a coupon names, among these of its offer; None: it is not there.

    Args:
        name: a number, or `version_of` in a coupon from before there were numbers.
        known: versions of one offer.
    """
    if name is None:
        return None
    if name.isdecimal():
        return next((one for one in known if str(one.version) == name), None)
    return next((one for one in known if version_of(one) == name), None)
