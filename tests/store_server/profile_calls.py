"""Calls of the repositories of profiles, events and merges: see `repository_calls.py`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from store_server.shoppers.bookmark import Bookmark
from store_server.shoppers.complaint import Complaint
from store_server.shoppers.consent import Purpose
from store_server.shoppers.event import Event, EventKind
from store_server.shoppers.merge import Facts, Thing
from store_server.shoppers.profile import LifeStage, Standing
from tests.store_server.offers.builders import NOON

Call = Callable[[Any], object]
ANN: Any = "ann"
LATER = NOON + timedelta(days=3_000)

SHOPPERS = (
    "Shopper",
    "Identity",
    "Consent",
    "Contact",
    "Attribute",
    "Profile",
    "ProfilePart",
    "Segment",
    "Import",
    "Merge",
    "Complaint",
    "ShopperEvent",
)

PROFILE_READS: dict[str, Call] = {
    "PurchaseRepository.bought_since": lambda r: r.bought_since({ANN: NOON}),
    "PurchaseRepository.spending": lambda r: r.spending(),
    "PurchaseRepository.shoppers_after": lambda r: r.shoppers_after("", limit=9),
    "PurchaseRepository.baskets_of": lambda r: r.baskets_of(ANN),
    "ShopperEventRepository.kinds": lambda r: r.kinds(),
    "ShopperEventRepository.in_use": lambda r: r.in_use("kind-ann"),
    "ShopperEventRepository.known": lambda r: r.known(["event-ann"]),
    "ShopperEventRepository.event_rows": lambda r: [*r._session.execute(r.event_rows())],
    "ShopperEventRepository.of_shopper": lambda r: r.of_shopper(ANN),
    "ComplaintRepository.open_among": lambda r: r.open_among([ANN]),
    "ComplaintRepository.find": lambda r: r.find("complaint-ann"),
    "ComplaintRepository.of_shopper": lambda r: r.of_shopper(ANN),
    "MergeRepository.current": lambda r: r.current(ANN),
    "MergeRepository.current_of": lambda r: r.current_of([ANN]),
    "ImportRepository.bookmark": lambda r: r.bookmark("import-ann"),
    "MergeRepository.names": lambda r: r.names(ANN),
    "MergeRepository.names_of": lambda r: r.names_of([ANN]),
    "MergeRepository.find": lambda r: r.find("merge-ann"),
    "MergeRepository.of": lambda r: r.of(ANN),
    "MergeRepository.facts": lambda r: r.facts(ANN),
}

PROFILE_WRITES: dict[str, Call] = {
    "PurchaseRepository.hand_over": lambda r: r.hand_over(["basket-ann"], to="new"),
    "IdentityRepository.withdraw": lambda r: r.withdraw(ANN, "identity-ann"),
    "ShopperEventRepository.declare": lambda r: r.declare(EventKind("new", Purpose.PROFILE)),
    "ShopperEventRepository.add": lambda r: r.add(
        [Event("new", ANN, "kind-ann", NOON, {}, None, 1)], at=NOON
    ),
    "ShopperEventRepository.expire": lambda r: r.expire(now=LATER, limit=9),
    "ShopperEventRepository.forget": lambda r: r.forget(ANN, purpose=Purpose.PROFILE),
    "ComplaintRepository.open": lambda r: r.open(Complaint("new", ANN, "taste", NOON)),
    "ComplaintRepository.close": lambda r: r.close("complaint-ann", at=NOON),
    "ImportRepository.set_bookmark": lambda r: r.set_bookmark(
        "import-ann", Bookmark(9, 8, 1), at=NOON
    ),
    "ImportRepository.forget": lambda r: r.forget("import-ann"),
    "ImportRepository.clear_attribute": lambda r: r.clear_attribute("name-ann"),
    "MergeRepository.add": lambda r: r.add(replace(r.find("merge-ann"), id="new")),
    "MergeRepository.close": lambda r: r.close("merge-ann", at=NOON),
    "MergeRepository.forget": lambda r: r.forget(ANN),
    "MergeRepository.write": lambda r: r.write(
        ANN, Facts(excluded=frozenset({"wine"})), created_at=NOON, at=NOON
    ),
    "MergeRepository.take_off": lambda r: r.take_off(ANN),
    "MergeRepository.move": lambda r: r.move([Thing("event", "event-ann")], to="new"),
    "ProfilePartRepository.set_standings": lambda r: r.set_standings(
        {ANN: Standing(LifeStage.LOST)}, at=NOON
    ),
    "ProfilePartRepository.set_excluded": lambda r: r.set_excluded(ANN, ["wine"], at=NOON),
    "ProfilePartRepository.set_open_complaints": lambda r: r.set_open_complaints(ANN, 7, at=NOON),
}
