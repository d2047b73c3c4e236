"""Flow (read): what campaigns, offers and the store may give away, and have given away."""

from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import Policy, StoreLive, StoreRooms
from store_server.offers.budget import BudgetLimit, BudgetUse, limit_of, offer_limit
from store_server.offers.repository import BudgetRepository


@dataclass(frozen=True, slots=True)
class ShownBudget:
    """One budget: whose (kind campaign, offer or store; name), how much at most, how much used."""

    kind: str
    name: str
    limit: BudgetLimit
    use: BudgetUse


def store_limit(policy: Policy) -> BudgetLimit:
    """The store's budget over all campaigns."""
    return BudgetLimit(policy.budget_issues, policy.budget_minor, policy.budget_redemptions)


def show_budgets(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> list[ShownBudget]:
    """Every budget that limits something: the store's, then campaigns, then offers, by id."""
    catalogue, scope = uow.live.catalogue, rooms.scope
    budgets = BudgetRepository(uow.session, scope)
    limits = [("store", str(scope.store), store_limit(rooms.policy))]
    limits += [("campaign", str(n), limit_of(c)) for n, c in catalogue.campaigns.items()]
    limits += [("offer", str(n), offer_limit(o)) for n, o in catalogue.offers.items()]
    used = budgets.shared_use()
    used |= {("campaign", n): use for n, use in budgets.use_of(catalogue.campaigns).items()}
    return [
        ShownBudget(kind, name, limit, used.get((kind, name), BudgetUse()))
        for kind, name, limit in limits
        if not limit.is_open
    ]
