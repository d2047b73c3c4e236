"""Flow (read): what other rules would have brought, told from the log of decisions.

Each offered decision is made again by the other rules, from what was known then. Where they choose
what was shown, its reward speaks for them, by how likely it was shown (`decisions.off_policy`).
The reward is the margin that baskets in its window left on what was promoted, less the discount.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.decisions.asked import Asked, read_asked
from store_server.decisions.decide import decide
from store_server.decisions.decision import Candidate, Decision
from store_server.decisions.ground import parts_of, read_catalogue, read_policy
from store_server.decisions.off_policy import LoggedChoice, PolicyValue, value_of
from store_server.decisions.policy import DecisionPolicy, Objectives
from store_server.decisions.repository import DecisionRepository, GroundRepository
from store_server.errors import Conflict, Unprocessable
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.catalogue import Catalogue
from store_server.redemptions.repository import BasketRepository

# What may be asked about: numbers that order offers. Gates decide who may be spoken to at all.
OBJECTIVES = frozenset({"efficiency_bp", "growth_bp", "retention_bp", "loyalty_bp"})
RULES = OBJECTIVES | {"value_floor_minor", "fatigue_minor", "discovery_every"}
MOST_DECISIONS = 20_000


def show_policy_value(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    rules: Mapping[str, int],
    since: datetime | None = None,
    until: datetime | None = None,
) -> PolicyValue:
    """The value for each offered decision under the rules as they were and under these.

    Args:
        uow: the read transaction.
        rooms: the store.
        now: where `until` is None.
        rules: settings of [decisions] that are other than they were; see RULES.
        since: the first instant of the log; None: its beginning.
        until: the instant at which the log ends, excluded.

    Raises:
        Unprocessable: a rule is none of RULES, or cannot be so.
        Conflict: fewer than two households or shoppers were offered anything that can be replayed.
    """
    unknown = sorted(set(rules) - RULES)
    if unknown:
        raise Unprocessable(
            f"{unknown[0]} is no rule; must be one of {', '.join(sorted(RULES))}", code="bad_rule"
        )
    session, scope = uow.session, rooms.scope
    log = DecisionRepository(session, scope).offered_between(
        since, until or now, limit=MOST_DECISIONS
    )
    grounds = GroundRepository(session, scope)
    named = {digest for _, asked in log for digest in _digests(asked)}
    documents = grounds.of(named)
    documents |= grounds.of(
        {part for text in documents.values() if text.startswith("[[") for part in parts_of(text)}
    )
    earned = BasketRepository(session, scope).earned([one.id for one, _ in log])
    catalogues = {
        name: read_catalogue(name, documents) for name in {_digests(a)[1] for _, a in log}
    }
    policies = {name: read_policy(name, documents) for name in {_digests(a)[0] for _, a in log}}
    choices = [
        _choice(
            stored,
            read_asked(asked, stored, scope),
            policy=policies[_digests(asked)[0]],
            catalogue=catalogues[_digests(asked)[1]],
            rules=rules,
            reward=float(earned.get(stored.id, 0)),
        )
        for stored, asked in log
    ]
    try:
        return value_of(choices)
    except ValueError as few:
        raise Conflict(str(few), code="too_few_decisions") from few


def _choice(
    stored: Decision,
    asked: Asked,
    *,
    policy: DecisionPolicy,
    catalogue: Catalogue,
    rules: Mapping[str, int],
    reward: float,
) -> LoggedChoice:
    """One decision of the log, as the other rules see it."""
    again = decide(
        asked.request,
        _changed(policy, rules),
        catalogue=catalogue,
        purchases=asked.taste,
        effects=asked.effects,
    )
    same = (again.campaign, again.offer) == (stored.campaign, stored.offer)
    # A lot could have chosen it, where lots were drawn and it passed the gates.
    could = policy.explore_bp > 0 and again.offer is not None
    unit = f"h:{stored.household}" if stored.household is not None else f"s:{stored.shopper}"
    return LoggedChoice(
        unit=unit,
        reward=reward,
        propensity=stored.propensity,
        other=1.0 if same else 0.0,
        covered=1.0 if same or could else 0.0,
        modelled=_modelled(stored, catalogue),
        modelled_other=_modelled(again, catalogue),
    )


def _changed(policy: DecisionPolicy, rules: Mapping[str, int]) -> DecisionPolicy:
    """The rules without lots, with these in their place."""
    aims = {name: number for name, number in rules.items() if name in OBJECTIVES}
    others = {name: number for name, number in rules.items() if name not in OBJECTIVES}
    try:
        objectives: Objectives = replace(policy.objectives, **aims)
        return replace(policy, explore_bp=0, objectives=objectives, **others)  # type: ignore[arg-type] # whole numbers, by name
    except ValueError as wrong:
        raise Unprocessable(str(wrong), code="bad_rule") from wrong


def _modelled(decision: Decision, catalogue: Catalogue) -> float:
    """The margin that the model expects of what a decision chose."""
    chosen: Candidate | None = next(
        (one for one in decision.candidates if one.reason is None and one.offer is not None), None
    )
    if chosen is None or chosen.offer is None or chosen.chance_with is None:
        return 0.0
    kept = catalogue.offers[chosen.offer].margin_minor - (decision.face_value_minor or 0)
    return chosen.chance_with * kept


def _digests(asked: str) -> tuple[str, str]:
    entries = json.loads(asked)
    return entries["policy"], entries["catalogue"]
