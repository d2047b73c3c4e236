"""Which facts the campaigns that listen ask for: what none of them asks for is not looked up."""

from collections.abc import Iterable
from typing import NamedTuple

from store_server.decisions.shelf import Shelf, shelf_of
from store_server.ids import OfferId
from store_server.offers.catalogue import Catalogue, heard_by
from store_server.offers.limits import Reentry
from store_server.offers.trigger import Trigger

# As far back as "never again" looks: longer than any store keeps decisions.
EVER_DAYS = 3_660


class Needs(NamedTuple):
    """What one or several shelves ask for.

    days_back: how many local days of earlier decisions, today included. cooldown_s: the longest
    silence after a dismissal. pools: offers with a coupon pool. experiments: that vary something.
    """

    days_back: int = 0
    cooldown_s: int = 0
    segments: frozenset[str] = frozenset()
    pools: frozenset[OfferId] = frozenset()
    experiments: frozenset[str] = frozenset()

    def __or__(self, other: "Needs") -> "Needs":
        """What both ask for."""
        return Needs(
            max(self.days_back, other.days_back),
            max(self.cooldown_s, other.cooldown_s),
            self.segments | other.segments,
            self.pools | other.pools,
            self.experiments | other.experiments,
        )


def needs_of(catalogue: Catalogue, triggers: Iterable[Trigger]) -> Needs:
    """What the campaigns that listen to these triggers ask for."""
    found = Needs()
    for kind, zone, campaign in {heard_by(one.kind, one.zone, one.campaign) for one in triggers}:
        key = ("needs", kind, zone, campaign)
        known = catalogue.memo.get(key)
        if not isinstance(known, Needs):
            known = catalogue.memo[key] = _needs(shelf_of(catalogue, kind, zone, campaign))
        found = found | known
    return found


def _needs(shelf: Shelf) -> Needs:
    limits = [one.limits for one in shelf.campaigns.values()]
    days = (
        EVER_DAYS if one.reentry is Reentry.NEVER else (one.reentry_days or 0) for one in limits
    )
    return Needs(
        days_back=max(days, default=0),
        cooldown_s=max((one.cooldown_s for one in limits), default=0),
        segments=frozenset(shelf.by_segment),
        pools=frozenset(shelf.pooled),
        experiments=frozenset(one.experiment.id for one in shelf.trials),
    )
