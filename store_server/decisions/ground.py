"""What decisions stand on: the policy, and what of the catalogue listened; kept by content.

Every document is named by its digest, so it is written once, whatever happens to the catalogue
afterwards, and thousands of decisions share it. What listened to a kind of trigger in a zone is a
list of the digests of its campaigns and offers: an edit of one campaign writes two documents.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field

import msgspec

from store_server.decisions.policy import DecisionPolicy
from store_server.ids import CampaignId, ZoneId, natural_id
from store_server.offers.campaign_document import read_campaign, write_campaign
from store_server.offers.catalogue import Catalogue, catalogue_of, heard_by
from store_server.offers.document import read_offer, write_offer
from store_server.offers.experiment_document import read_experiment, write_experiment
from store_server.offers.trigger import TriggerKind

Documents = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing that decisions stand on: its digest, and the documents that it is made of."""

    digest: str
    documents: Documents


@dataclass(slots=True)
class GroundBook:
    """What this process has worked out and knows to be kept; lives as long as the process.

    `kept` grows only after a commit; a digest that is not in it is simply written again.
    """

    kept: set[str] = field(default_factory=set)
    _catalogue: Catalogue | None = None
    _found: dict[object, Ground] = field(default_factory=dict)

    def of(
        self,
        catalogue: Catalogue,
        kind: TriggerKind,
        zone: ZoneId | None,
        campaign: CampaignId | None = None,
    ) -> Ground:
        """What of this catalogue listens; worked out once for each catalogue, kind and zone."""
        if self._catalogue is not catalogue:
            self._catalogue, self._found = catalogue, {}
        key = heard_by(kind, zone, campaign)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = catalogue_ground(catalogue, kind, zone, campaign)
        return found


def policy_ground(policy: DecisionPolicy) -> Ground:
    """The policy as a document."""
    return _single(asdict(policy))


def catalogue_ground(
    catalogue: Catalogue,
    kind: TriggerKind,
    zone: ZoneId | None,
    campaign: CampaignId | None = None,
) -> Ground:
    """The campaigns that listen to this kind of trigger in this zone, their offers, experiments."""
    campaigns = catalogue.listening(kind, zone, campaign)
    offers = {name: catalogue.offers[name] for one in campaigns for name in one.offers_named()}
    parts = [
        [_single(write_campaign(one)) for one in campaigns],
        [_single(write_offer(offers[name])) for name in sorted(offers)],
    ]
    named = {one.id for one in campaigns}
    drawing = [one for one in catalogue.running() if named.intersection(one.campaigns)]
    if drawing:
        parts.append([_single(write_experiment(one)) for one in drawing])
    listed = _single([[one.digest for one in part] for part in parts])
    documents = dict(listed.documents)
    for part in parts:
        for document in part:
            documents |= document.documents
    return Ground(listed.digest, documents)


def read_policy(digest: str, documents: Documents) -> DecisionPolicy:
    """The policy of `policy_ground`; KeyError when it is not among the documents."""
    return msgspec.json.decode(documents[digest], type=DecisionPolicy)


def parts_of(listed: str) -> Collection[str]:
    """The digests that the list of a catalogue's ground names."""
    return [digest for part in json.loads(listed) for digest in part]


def read_catalogue(digest: str, documents: Documents) -> Catalogue:
    """The catalogue of `catalogue_ground`; KeyError when a part is not among the documents."""
    campaigns, offers, *experiments = json.loads(documents[digest])
    return catalogue_of(
        [read_offer(json.loads(documents[one])) for one in offers],
        [read_campaign(json.loads(documents[one])) for one in campaigns],
        [read_experiment(json.loads(documents[one])) for part in experiments for one in part],
    )


def _single(value: object) -> Ground:
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    digest = natural_id("decision ground", text)
    return Ground(digest, {digest: text})
