"""What a decision was asked with, as one line of JSON: enough, with its ground, to decide again.

Who, where and when stand in the decision itself; here stands the rest, and it names nobody: time
zone, consents, facts of shopper and place, counts for the caps, budgets, the chances that the
purchase model gave, the beliefs of effects, and the digests of policy and catalogue (`ground`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from store_server.decisions.decision import Decision
from store_server.decisions.facts import PlaceFacts, ShopperFacts, read_facts, write_facts
from store_server.decisions.frequency_cap import Shown
from store_server.decisions.request import DecisionRequest
from store_server.decisions.value import EffectModel, TasteModel
from store_server.ids import CampaignId, OfferId, Scope, ShopperId
from store_server.learning.effect_table import Bands, Believed, EffectBook, EffectKeys, rounded
from store_server.learning.offer_effect import OfferEffects
from store_server.learning.purchase_model import Taste
from store_server.offers.budget import BudgetUse
from store_server.offers.channel import ReadingChannel
from store_server.offers.trigger import Placement, Trigger, Way

VERSION = 2
_UNUSED = BudgetUse()
_NOTHING_SHOWN = Shown()


@dataclass(slots=True)
class HeardTaste:
    """A purchase model, and what it answered: the same answers decide the replay."""

    model: TasteModel
    chances: dict[str, float] = field(default_factory=dict)
    own: list[str] = field(default_factory=list)

    def taste(self, shopper: ShopperId | None, categories: Sequence[str], at: datetime) -> Taste:
        """The model's answer, noted down."""
        found = self.model.taste(shopper, categories, at)
        self.chances = dict(zip(categories, found.chances, strict=True))
        self.own = [name for name, own in zip(categories, found.own, strict=True) if own]
        return found


@dataclass(frozen=True, slots=True)
class NotedTaste:
    """The answers of a purchase model, given again."""

    chances: Mapping[str, float]
    own: frozenset[str] = frozenset()

    def taste(self, shopper: ShopperId | None, categories: Sequence[str], at: datetime) -> Taste:
        """What was answered then.

        Raises:
            KeyError: nobody asked for one of these then: the rules have changed since.
        """
        del shopper, at
        return Taste(
            [self.chances[name] for name in categories], [name in self.own for name in categories]
        )


@dataclass(slots=True)
class HeardEffects:
    """What is known of effects, and what was told: only what differs from an offer's prior."""

    model: EffectModel
    said: dict[str, tuple[float, float]] = field(default_factory=dict)

    def believed(self, offers: EffectKeys, bands: Bands) -> Believed:
        """The beliefs, noted down."""
        found = self.model.believed(offers, bands)
        first = _FIRST_BELIEFS.believed(offers, bands)
        changed = np.flatnonzero((found.means != first.means) | (found.sds != first.sds))
        for place in changed.tolist():
            self.said[offers[place][0]] = (float(found.means[place]), float(found.sds[place]))
        return found


@dataclass(frozen=True, slots=True)
class NotedEffects:
    """Beliefs of effects, told again; an offer that is not named is believed as stated."""

    said: Mapping[str, tuple[float, float]]

    def believed(self, offers: EffectKeys, bands: Bands) -> Believed:
        """What was believed then, in the band of then."""
        del bands
        told = [
            self.said.get(name) or rounded(_FIRST.belief(name, prior=prior))
            for name, prior in offers
        ]
        return Believed(np.array([one[0] for one in told]), np.array([one[1] for one in told]))


@dataclass(frozen=True, slots=True)
class Asked:
    """A request again, with the answers of the models and the digests of what it was decided by."""

    request: DecisionRequest
    taste: NotedTaste
    effects: NotedEffects
    policy: str
    catalogue: str


def write_asked(
    request: DecisionRequest,
    taste: HeardTaste,
    effects: HeardEffects,
    *,
    policy: str,
    catalogue: str,
    decided: Decision | None = None,
) -> str:
    """The line of a request.

    Args:
        request: what was asked; its local time zone must have an IANA name.
        taste: what the purchase model answered.
        effects: what was believed of effects.
        policy: digest of the policy.
        catalogue: digest of what of the catalogue listened.
        decided: what came of it; an arm may have another channel than was asked for.
    """
    varied = decided is not None and decided.channel is not request.channel
    optional: dict[str, object] = {
        "shown": _written(request.shown),
        "budgets": {
            campaign: (
                use.issues,
                use.reserved_minor,
                use.spent_minor,
                use.out,
                use.redeemed,
                use.refused,
            )
            for campaign, use in request.budgets.items()
            if use != _UNUSED
        },
        "pools": dict(request.pools),
        "chances": taste.chances,
        "own": taste.own,
        "effects": effects.said,
        "silenced": request.silenced,
        "shopper": write_facts(request.shopper),
        "place": write_facts(request.place),
        "dwell_s": request.trigger.dwell_s,
        "campaign": request.trigger.campaign,
        "placement": request.trigger.placement,
        "bought": request.trigger.bought,
        "channel": request.channel.value if varied else None,
        "kept_arms": dict(request.kept_arms),
        "way": request.trigger.way,
        "spent": sorted(request.spent),
    }
    entries: dict[str, object] = {
        "v": VERSION,
        "local": str(request.local),
        "allowed": [request.offers_allowed, request.profile_allowed],
        "policy": policy,
        "catalogue": catalogue,
        **{name: value for name, value in optional.items() if value},
    }
    return msgspec.json.encode(entries).decode()


def read_asked(text: str, decision: Decision, scope: Scope) -> Asked:
    """The request of `write_asked`, for the decision that it led to.

    Raises:
        ValueError: written by a version that this one does not know.
    """
    entries = json.loads(text)
    if entries["v"] != VERSION:
        raise ValueError(f"the request has version {entries['v']}; this server reads {VERSION}")
    offers_allowed, profile_allowed = entries["allowed"]
    request = DecisionRequest(
        trigger=Trigger(
            id=decision.trigger_id,
            kind=decision.trigger_kind,
            shopper=decision.shopper,
            zone=decision.zone,
            at=decision.at,
            event_id="",
            visit_id=decision.visit_id,
            dwell_s=entries.get("dwell_s"),
            campaign=entries.get("campaign"),
            placement=Placement(entries["placement"]) if "placement" in entries else None,
            bought=tuple(entries.get("bought", ())),
            way=Way(entries["way"]) if "way" in entries else None,
        ),
        scope=scope,
        at=decision.at,
        local=ZoneInfo(entries["local"]),
        household=decision.household,
        language=decision.language,
        offers_allowed=offers_allowed,
        profile_allowed=profile_allowed,
        shown=_read(entries.get("shown", {})),
        budgets={
            CampaignId(name): BudgetUse(*use) for name, use in entries.get("budgets", {}).items()
        },
        silenced=entries.get("silenced", False),
        spent=frozenset(entries.get("spent", ())),
        channel=ReadingChannel(entries.get("channel", decision.channel)),
        pools={OfferId(name): number for name, number in entries.get("pools", {}).items()},
        shopper=read_facts(entries.get("shopper", {}), ShopperFacts),
        place=read_facts(entries.get("place", {}), PlaceFacts),
        kept_arms=entries.get("kept_arms", {}),
    )
    return Asked(
        request,
        NotedTaste(entries.get("chances", {}), frozenset(entries.get("own", ()))),
        NotedEffects({name: (one[0], one[1]) for name, one in entries.get("effects", {}).items()}),
        policy=entries["policy"],
        catalogue=entries["catalogue"],
    )


def _written(shown: Shown) -> dict[str, object]:
    """The counts that are not 0."""
    if shown == _NOTHING_SHOWN:
        return {}
    found = {name: getattr(shown, name) for name in Shown.__dataclass_fields__}
    return {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in found.items()
        if value != getattr(_NOTHING_SHOWN, name)
    }


def _read(entries: Mapping[str, object]) -> Shown:
    return msgspec.convert(dict(entries), type=Shown)


_FIRST = OfferEffects()
_FIRST_BELIEFS = EffectBook(_FIRST)
