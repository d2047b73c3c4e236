"""From a pull to a trigger: what of the app's word is taken, and what the store knows better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import Unprocessable
from store_server.flows.known_products import known_products
from store_server.flows.pull_answer import PullAsked
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ZoneId
from store_server.offers.printed_code import PrintedCode
from store_server.offers.repository import PrintedCodeRepository
from store_server.offers.trigger import Trigger, pull_trigger
from store_server.shop.product import Product


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """What the questions of a round name: printed codes and products, the known ones of them."""

    codes: Mapping[str, PrintedCode]
    products: Mapping[str, Product]


def look_up(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, asked: Sequence[PullAsked]
) -> AskedAbout:
    """What these questions name, looked up once for all; no query where none names anything."""
    codes = {one.code for one in asked if one.code is not None}
    names = {name for one in asked for name in one.basket}
    repository = PrintedCodeRepository(uow.session, rooms.scope)
    return AskedAbout(
        repository.of(codes) if codes else {}, known_products(uow, rooms, names) if names else {}
    )


def question_of(
    asked: PullAsked,
    live: StoreLive,
    rooms: StoreRooms,
    *,
    now: datetime,
    about: AskedAbout,
    place: int = 1,
) -> Trigger:
    """The trigger that a pull is; `place` 2 asks for a second offer, and so on.

    Raises:
        Unprocessable: there is no such zone, or no such code.
    """
    code = _code(asked, about)
    visit = live.visits.of(asked.shopper)
    inside = (about.products.get(name) for name in asked.basket)
    return pull_trigger(
        org=rooms.scope.org,
        store=rooms.scope.store,
        shopper=asked.shopper,
        request_id=asked.request_id,
        at=now,
        zone=_zone(asked, code, live, rooms, now=now),
        visit_id=visit.id if visit is not None else None,
        placement=asked.placement if code is None else code.placement,
        place=place,
        language=asked.language,
        basket=tuple(sorted({product.category for product in inside if product is not None})),
        campaign=None if code is None else code.campaign,
    )


def _code(asked: PullAsked, about: AskedAbout) -> PrintedCode | None:
    if asked.code is None:
        return None
    code = about.codes.get(asked.code)
    if code is None:
        raise Unprocessable(
            f"code is {asked.code!r}; this store has printed no such code, or has taken it down; "
            "GET /v1/codes lists those that there are",
            code="unknown_code",
        )
    return code


def _zone(
    asked: PullAsked,
    code: PrintedCode | None,
    live: StoreLive,
    rooms: StoreRooms,
    *,
    now: datetime,
) -> ZoneId | None:
    """Where presence believes the shopper to be; else where the code hangs; else the app's word."""
    if asked.zone is not None and live.plan.zone(asked.zone) is None:
        raise Unprocessable(
            f"zone is {asked.zone!r}; there is no such zone here", code="unknown_zone"
        )
    estimate = live.presence.estimate(asked.shopper, now.timestamp())
    if estimate is not None and estimate.zone is not None:
        return estimate.zone
    if code is not None and code.zone is not None:
        return code.zone
    return asked.zone if asked.placement in rooms.policy.zone_claims else None
