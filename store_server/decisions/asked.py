"""What a decision was asked with, as one line of JSON: enough, with its ground, to decide again.

Who, where and when stand in the decision itself; here stands the rest, and it names nobody: time
zone, consents, counts for the caps, budgets, the chances that the purchase model gave, and the
digests of policy and catalogue (`ground`).
"""

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from store_server.decisions.decision import Decision
from store_server.decisions.frequency_cap import Shown
from store_server.decisions.request import DecisionRequest
from store_server.decisions.value import ChanceModel
from store_server.ids import CampaignId, Scope, ShopperId
from store_server.offers.budget import BudgetUse
from store_server.offers.trigger import Trigger

VERSION = 1
_UNUSED = BudgetUse()


@dataclass(slots=True)
class HeardChances:
    """A purchase model, and what it answered: the same answers decide the replay."""

    model: ChanceModel
    said: dict[str, float] = field(default_factory=dict)

    def chance(self, shopper: ShopperId | None, category: str, at: datetime) -> float:
        """P(buy | no offer), noted down."""
        self.said[category] = self.model.chance(shopper, category, at)
        return self.said[category]


@dataclass(frozen=True, slots=True)
class NotedChances:
    """The answers of a purchase model, given again."""

    said: Mapping[str, float]

    def chance(self, shopper: ShopperId | None, category: str, at: datetime) -> float:
        """P(buy | no offer) as it was then.

        Raises:
            KeyError: nobody asked for this category then: the rules have changed since.
        """
        del shopper, at
        return self.said[category]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request again, with the answers of the model and the digests of what it was decided by."""

    request: DecisionRequest
    chances: NotedChances
    policy: str
    catalogue: str


def write_asked(
    request: DecisionRequest, chances: Mapping[str, float], *, policy: str, catalogue: str
) -> str:
    """The line of a request.

    Args:
        request: what was asked; its local time zone must have an IANA name.
        chances: what the model answered, by category.
        policy: digest of the policy.
        catalogue: digest of what of the catalogue listened.
    """
    shown = request.shown
    entries: dict[str, object] = {
        "v": VERSION,
        "local": str(request.local),
        "dwell_s": request.trigger.dwell_s,
        "allowed": [request.offers_allowed, request.profile_allowed],
        "shown": [
            dict(shown.in_visit),
            dict(shown.today),
            shown.in_visit_total,
            shown.today_total,
        ],
        "budgets": {
            campaign: list(astuple(use))
            for campaign, use in request.budgets.items()
            if use != _UNUSED
        },
        "chances": dict(chances),
        "policy": policy,
        "catalogue": catalogue,
        **({"silenced": True} if request.silenced else {}),
    }
    return json.dumps(entries, separators=(",", ":"))


def read_asked(text: str, decision: Decision, scope: Scope) -> Asked:
    """The request of `write_asked`, for the decision that it led to.

    Raises:
        ValueError: written by a version that this one does not know.
    """
    entries = json.loads(text)
    if entries["v"] != VERSION:
        raise ValueError(f"the request has version {entries['v']}; this server reads {VERSION}")
    in_visit, today, in_visit_total, today_total = entries["shown"]
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
            dwell_s=entries["dwell_s"],
        ),
        scope=scope,
        at=decision.at,
        local=ZoneInfo(entries["local"]),
        household=decision.household,
        language=decision.language,
        offers_allowed=offers_allowed,
        profile_allowed=profile_allowed,
        shown=Shown(in_visit, today, in_visit_total, today_total),
        budgets={
            CampaignId(campaign): BudgetUse(*use) for campaign, use in entries["budgets"].items()
        },
        silenced=entries.get("silenced", False),
    )
    chances = NotedChances(entries["chances"])
    return Asked(request, chances, policy=entries["policy"], catalogue=entries["catalogue"])
