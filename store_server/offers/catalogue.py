"""All offers, campaigns and experiments of an organisation, by what asks for them. Immutable.

Edits make a new catalogue; the one in use never changes under a decision.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from store_server.errors import Unprocessable
from store_server.ids import CampaignId, OfferId, ZoneId
from store_server.offers.campaign import LISTENING, Campaign
from store_server.offers.experiment import Experiment, ExperimentState
from store_server.offers.offer import Offer
from store_server.offers.trigger import PULLED, TriggerKind

K = TypeVar("K", bound=str)
V = TypeVar("V")

_Key = tuple[TriggerKind, ZoneId | None]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Make it with `catalogue_of`; drafts are kept but nothing triggers them.

    memo: what readers worked out of it once, under keys of their own.
    """

    offers: Mapping[OfferId, Offer]
    campaigns: Mapping[CampaignId, Campaign]
    experiments: Mapping[str, Experiment]
    _listening: Mapping[_Key, tuple[Campaign, ...]]
    memo: dict[object, object] = field(default_factory=dict, compare=False, repr=False)

    def listening(self, kind: TriggerKind, zone: ZoneId | None) -> tuple[Campaign, ...]:
        """Campaigns that this kind of trigger in this zone may concern, by id; no drafts.

        A pull concerns every campaign of the zone and those of no zone whose kind is `PULLED`.
        """
        anywhere = self._listening.get((kind, None), ())
        if zone is None:
            return anywhere
        here = self._listening.get((kind, zone), ())
        return here if not anywhere else tuple(sorted((*here, *anywhere), key=lambda c: c.id))

    def dwell_marks_s(self) -> tuple[int, ...]:
        """After how many seconds in a zone some campaign wants to be asked, ascending."""
        marks = {mark for c in self.campaigns.values() for mark in self.marks_of(c)}
        return tuple(sorted(marks))

    def running(self) -> tuple[Experiment, ...]:
        """The experiments that draw shoppers, by id."""
        found = self.memo.get("running")
        if not isinstance(found, tuple):
            each = self.experiments.values()
            found = tuple(one for one in each if one.state is ExperimentState.RUNNING)
            self.memo["running"] = found
        return found

    def marks_of(self, campaign: Campaign) -> frozenset[int]:
        """The lengths of stay at which a campaign is asked: its own, and those of its arms."""
        rule = campaign.trigger
        if rule.kind is not TriggerKind.ZONE_DWELL or rule.dwell_s is None:
            return frozenset()
        arms = (one.marks_s() for one in self.running() if campaign.id in one.campaigns)
        return frozenset({rule.dwell_s}).union(*arms)

    def with_campaign(self, campaign: Campaign) -> "Catalogue":
        """The catalogue with this campaign in place of the one of the same id.

        Raises:
            Unprocessable: it names an offer that is not here.
        """
        others = [c for c in self.campaigns.values() if c.id != campaign.id]
        return catalogue_of(self.offers.values(), [*others, campaign], self.experiments.values())

    def with_offer(self, offer: Offer) -> "Catalogue":
        """The catalogue with this offer in place of the one of the same id."""
        others = [o for o in self.offers.values() if o.id != offer.id]
        return catalogue_of([*others, offer], self.campaigns.values(), self.experiments.values())

    def with_experiment(self, experiment: Experiment) -> "Catalogue":
        """The catalogue with this experiment in place of the one of the same id."""
        others = [one for one in self.experiments.values() if one.id != experiment.id]
        return catalogue_of(self.offers.values(), self.campaigns.values(), [*others, experiment])


def catalogue_of(
    offers: Iterable[Offer], campaigns: Iterable[Campaign], experiments: Iterable[Experiment] = ()
) -> Catalogue:
    """The catalogue of these offers, campaigns and experiments.

    Raises:
        Unprocessable: an id stands twice, or a campaign names an offer that is not here.
    """
    by_id = _unique("offer", ((offer.id, offer) for offer in offers))
    running = _unique("campaign", ((campaign.id, campaign) for campaign in campaigns))
    listening: dict[_Key, list[Campaign]] = {}
    for campaign in running.values():
        _require_offers(campaign, by_id)
        if campaign.state in LISTENING:
            for kind in _kinds(campaign):
                listening.setdefault((kind, campaign.trigger.zone), []).append(campaign)
    return Catalogue(
        offers=MappingProxyType(by_id),
        campaigns=MappingProxyType(running),
        experiments=MappingProxyType(_unique("experiment", ((one.id, one) for one in experiments))),
        _listening=MappingProxyType({key: tuple(found) for key, found in listening.items()}),
    )


def _kinds(campaign: Campaign) -> set[TriggerKind]:
    kind = campaign.trigger.kind
    return {kind, TriggerKind.PULL} if kind in PULLED else {kind}


def _unique(kind: str, pairs: Iterable[tuple[K, V]]) -> dict[K, V]:
    found: dict[K, V] = {}
    for name, value in pairs:
        if name in found:
            raise Unprocessable(
                f"{kind} {name!r} stands twice; ids are unique", code="bad_catalogue"
            )
        found[name] = value
    return dict(sorted(found.items()))


def _require_offers(campaign: Campaign, offers: Mapping[OfferId, Offer]) -> None:
    for offer in campaign.offers_named():
        if offer not in offers:
            raise Unprocessable(
                f"campaign {campaign.id}: offers names {offer!r}; there is no such offer",
                code="unknown_offer",
            )


EMPTY = catalogue_of((), ())
