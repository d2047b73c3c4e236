"""Each night everything that is worked out of purchases is worked out anew, for every shopper.

Two steps, so that the tills are not kept waiting: `measure_shoppers` reads all purchases in a read
transaction and makes a model of them; `refresh_profiles` writes what it says of some hundred
shoppers at a time. Both may be repeated, and a night that was missed is made up for by the next.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.learning.purchase import Spent
from store_server.learning.purchase_rhythm import day_number, rhythm_of
from store_server.learning.repository import PurchaseRepository
from store_server.learning.standing import StandingModel
from store_server.shoppers.consent import Purpose
from store_server.shoppers.profile import Standing
from store_server.shoppers.repository import ConsentRepository, ProfilePartRepository

# Some 20 ms of work: as much as a group of flows may take, see writer.GROUP_WORK_S.
SHOPPERS_AT_ONCE = 200


def measure_shoppers(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime
) -> StandingModel:
    """The model of all purchases of the organisation (a read flow)."""
    day = _day_of(rooms)
    spending = PurchaseRepository(uow.session, rooms.scope).spending()
    baskets = (_by_day(spent, day) for _, spent in spending)
    return StandingModel.fitted(baskets, today=day(now))


def refresh_profiles(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    model: StandingModel,
    after: str = "",
) -> ShopperId | None:
    """Write down the standing of the next shoppers after `after`; the last one, None at the end.

    Who does not agree to a profile (any more) has none.
    """
    purchases = PurchaseRepository(uow.session, rooms.scope)
    shoppers = purchases.shoppers_after(after, limit=SHOPPERS_AT_ONCE)
    if not shoppers:
        return None
    day = _day_of(rooms)
    consents = ConsentRepository(uow.session, rooms.scope)
    agreed = consents.allowed_among(shoppers, Purpose.PROFILE, at=now)
    standings: dict[str, Standing] = dict.fromkeys(shoppers, Standing())
    for shopper, spent in purchases.spending(sorted(agreed)):
        rhythm = rhythm_of(_by_day(spent, day))
        if rhythm is not None:
            standings[shopper] = model.standing(rhythm, today=day(now))
    ProfilePartRepository(uow.session, rooms.scope).set_standings(standings, at=now)
    return shoppers[-1]


def _day_of(rooms: StoreRooms) -> Callable[[datetime], int]:
    """Which day of the store an instant belongs to."""
    zone = ZoneInfo(rooms.policy.timezone)
    return lambda at: day_number(at.astimezone(zone).date())


def _by_day(spent: Sequence[Spent], day: Callable[[datetime], int]) -> list[tuple[int, int]]:
    return [(day(one.at), one.amount_minor) for one in spent]
