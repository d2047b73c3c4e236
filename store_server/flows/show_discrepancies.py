"""What offline tills gave that does not fit: a list, and by till."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.redemptions.discrepancy import Discrepancy
from store_server.redemptions.repository import DiscrepancyRepository

MOST = 10_000


@dataclass(frozen=True, slots=True)
class TillLoss:
    """What one till gave for one reason; `open_minor` is what no coupon stands for."""

    till: str
    reason: str
    times: int
    given_minor: int
    open_minor: int


def show_discrepancies(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    since: datetime,
    until: datetime,
    limit: int = MOST,
) -> list[Discrepancy]:
    """Those that became known from `since` on and before `until`, the newest first."""
    return DiscrepancyRepository(uow.session, rooms.scope).between(since, until, limit=limit)


def losses_of(found: Sequence[Discrepancy]) -> list[TillLoss]:
    """Their sums by till and reason, the largest loss first."""
    groups: dict[tuple[str, str], list[Discrepancy]] = {}
    for one in found:
        groups.setdefault((one.till, one.reason), []).append(one)
    losses = [
        TillLoss(
            till,
            reason,
            len(group),
            sum(one.given_minor for one in group),
            sum(one.given_minor - one.covered_minor for one in group),
        )
        for (till, reason), group in groups.items()
    ]
    return sorted(losses, key=lambda one: (-one.open_minor, one.till, one.reason))
