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
from store_server.offers.step import AwaitedKind, Does
from store_server.offers.trigger import PULLED, Trigger, TriggerKind

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
    _beginning: Mapping[_Key, tuple[Campaign, ...]] = field(default_factory=dict)
    memo: dict[object, object] = field(default_factory=dict, compare=False, repr=False)

    def listening(
        self, kind: TriggerKind, zone: ZoneId | None, campaign: CampaignId | None = None
    ) -> tuple[Campaign, ...]:
        """Campaigns that this kind of trigger in this zone may concern, by id; no drafts.

        A pull concerns every campaign of the zone and those of no zone whose kind is `PULLED`; a
        step only `campaign`, its own.
        """
        if kind is TriggerKind.STEP:
            steps = self._listening.get((kind, None), ())
            return tuple(one for one in steps if one.id == campaign)
        return _in_zone(self._listening, kind, zone)

    def beginning(self, kind: TriggerKind, zone: ZoneId | None) -> tuple[Campaign, ...]:
        """Campaigns whose step this kind of trigger in this zone may begin, by id; no drafts."""
        return _in_zone(self._beginning, kind, zone)

    def heard(self, kind: TriggerKind, zone: ZoneId | None) -> tuple[Campaign, ...]:
        """All that such a trigger may concern: who is asked, and whose step begins, by id."""
        asked, begun = self.listening(kind, zone), self.beginning(kind, zone)
        return asked if not begun else tuple(sorted((*asked, *begun), key=lambda c: c.id))

    def awaits(self, kind: AwaitedKind) -> bool:
        """Whether the step of some campaign waits for this kind of event."""
        steps = self._listening.get((TriggerKind.STEP, None), ())
        return any(one.step and one.step.awaited and one.step.awaited.kind is kind for one in steps)

    def calls_staff(self, trigger: Trigger) -> bool:
        """Whether the answer to this trigger, if there is one, is read by the staff."""
        campaign = self.campaigns.get(trigger.campaign) if trigger.campaign is not None else None
        branch = campaign.branch_of(trigger) if campaign is not None else None
        return branch is not None and branch.does is Does.STAFF

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


def heard_by(
    kind: TriggerKind, zone: ZoneId | None, campaign: CampaignId | None
) -> tuple[TriggerKind, ZoneId | None, CampaignId | None]:
    """What `listening` looks at: questions that are alike here concern the same campaigns."""
    return (kind, None, campaign) if kind is TriggerKind.STEP else (kind, zone, None)


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
    beginning: dict[_Key, list[Campaign]] = {}
    for campaign in running.values():
        _require_offers(campaign, by_id)
        if campaign.state in LISTENING:
            if campaign.step is not None:
                at = (campaign.trigger.kind, campaign.trigger.zone)
                beginning.setdefault(at, []).append(campaign)
            for kind in _kinds(campaign):
                zone = campaign.trigger.zone if campaign.step is None else None
                listening.setdefault((kind, zone), []).append(campaign)
    return Catalogue(
        offers=MappingProxyType(by_id),
        campaigns=MappingProxyType(running),
        experiments=MappingProxyType(_unique("experiment", ((one.id, one) for one in experiments))),
        _listening=MappingProxyType({key: tuple(found) for key, found in listening.items()}),
        _beginning=MappingProxyType({key: tuple(found) for key, found in beginning.items()}),
    )


def _in_zone(
    index: Mapping[_Key, tuple[Campaign, ...]], kind: TriggerKind, zone: ZoneId | None
) -> tuple[Campaign, ...]:
    anywhere = index.get((kind, None), ())
    if zone is None:
        return anywhere
    here = index.get((kind, zone), ())
    return here if not anywhere else tuple(sorted((*here, *anywhere), key=lambda c: c.id))


def _kinds(campaign: Campaign) -> set[TriggerKind]:
    if campaign.step is not None:
        return {TriggerKind.STEP}
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
