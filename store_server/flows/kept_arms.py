"""Which arms of experiments a shopper at hand was given before, out of the facts of a desk."""

from store_server.decisions.experiment import unit_of
from store_server.flows.decision_facts import KnownFacts
from store_server.ids import HouseholdId, ShopperId


def kept_arms(
    facts: KnownFacts, shopper: ShopperId, household: HouseholdId | None
) -> dict[str, str]:
    """The arms that the household was given before, by experiment; else those of the shopper.

    Who was drawn alone and has a household since keeps the arm, under whatever name that was.
    """
    if not facts.arms:
        return {}
    names = sorted(name for name, now in facts.names.items() if now == shopper)
    found: dict[str, str] = {}
    for unit in (*(f"s:{name}" for name in names), unit_of(shopper, household)):
        found |= {one.experiment: one.arm for one in facts.arms.values() if one.unit == unit}
    return found
