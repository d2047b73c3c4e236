"""What a store starts from is loaded: plan, offers and campaigns, products, shoppers, purchases.

Each flow is safe to repeat: loading the same file twice is loading it once. Long files come in
chunks, one transaction each, so that the tills are not kept waiting.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import ConfigError
from store_server.flows.keep_campaign import SEED, save_seeded
from store_server.flows.keep_offer import numbered, put_offer
from store_server.flows.renew_presence import follow_plan
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.seed_csv import SeedPurchaseLine
from store_server.learning.purchase import Purchase, PurchaseLine
from store_server.learning.repository import PurchaseRepository
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.checklist import essentials
from store_server.offers.offer import Offer
from store_server.offers.repository import OfferRepository
from store_server.shop.floor_plan import FloorPlan
from store_server.shop.product import Product
from store_server.shop.repository import PlanRepository, ProductRepository
from store_server.shop.store_profile import Store
from store_server.shoppers.repository import ShopperRepository
from store_server.shoppers.shopper import Shopper

CHUNK_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class PurchasesLoaded:
    """What became of a chunk: baskets that were new, known before, or of nobody we know."""

    fresh: int
    known: int
    of_strangers: int


def load_plan(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    store: Store,
    plan: FloorPlan,
) -> None:
    """Put this plan in the place of the one before; without a picture it keeps that one's.

    A running server, also one of another process, goes by it within seconds (`renew_presence`).

    Raises:
        ConfigError: it is the plan of another store.
    """
    if (store.org, store.store) != (rooms.scope.org, rooms.scope.store):
        raise ConfigError(
            f"the plan is of {store.org}/{store.store}; this server is "
            f"{rooms.scope.org}/{rooms.scope.store}: see [store] in both files"
        )
    plan = replace(plan, image=plan.image or uow.live.plan.image)
    PlanRepository(uow.session, rooms.scope).save(store, plan)
    follow_plan(uow, rooms, now=now, plan=plan)


def load_offers(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    offers: Sequence[Offer],
    campaigns: Sequence[Campaign],
) -> None:
    """Insert these offers and campaigns, or overwrite those of the same id; others stay.

    An offer or a campaign that is another one than before is a new version of it.

    Raises:
        ConfigError: a campaign listens in a zone that is not on the plan, names a segment that
            is not there, or speaks without saying what for and until when.
    """
    zones = {zone.id for zone in uow.live.plan.zones}
    for campaign in campaigns:
        zone = campaign.trigger.zone
        if zone is not None and zone not in zones:
            raise ConfigError(
                f"campaign {campaign.id}: trigger.zone is {zone!r}; must be one of "
                f"{', '.join(sorted(zones)) or 'none: load the plan first'}"
            )
        if campaign.segment is not None and campaign.segment not in uow.live.segments.segments:
            raise ConfigError(
                f"campaign {campaign.id}: segment is {campaign.segment!r}; there is no such "
                "segment: make it first with PUT /v1/segments/{id}"
            )
        _require_essentials(campaign)
    repository = OfferRepository(uow.session, rooms.scope)
    for offer in offers:
        _save_offer(uow, rooms, now=now, asked=offer)
    for campaign in campaigns:
        save_seeded(uow, rooms, now=now, campaign=campaign)
    stamp = repository.stamp()
    uow.live = replace(uow.live, catalogue=repository.load_catalogue(), catalogue_stamp=stamp)


def _save_offer(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, asked: Offer
) -> None:
    before = OfferRepository(uow.session, rooms.scope).offer(asked.id)
    offer = numbered(uow, rooms, before=before, asked=asked)
    if offer != before:
        put_offer(uow, rooms, now=now, offer=offer, before=before, by=SEED)


def _require_essentials(campaign: Campaign) -> None:
    if campaign.state in (CampaignState.SCHEDULED, CampaignState.LIVE):
        missing = [one for one in essentials(campaign) if not one.passed]
        if missing:
            raise ConfigError(
                f"campaign {campaign.id}: state is {campaign.state.value!r}, but "
                f"{missing[0].finding}; {missing[0].to_do}"
            )


def load_products(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    products: Sequence[Product],
) -> int:
    """Insert these products, or overwrite those of the same id; how many."""
    ProductRepository(uow.session, rooms.scope).save(products)
    return len(products)


def load_shoppers(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    shoppers: Sequence[Shopper],
) -> int:
    """Insert these shoppers, or overwrite household and language of those known; how many.

    No consent comes with it: that is the shopper's own word.
    """
    ShopperRepository(uow.session, rooms.scope).save(shoppers)
    return len(shoppers)


def load_purchases(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    baskets: Sequence[Sequence[SeedPurchaseLine]],
) -> PurchasesLoaded:
    """Write down and learn those of these baskets that are new; each basket is one inner list."""
    products = ProductRepository(uow.session, rooms.scope).by_id(
        line.product for lines in baskets for line in lines
    )
    shoppers = ShopperRepository(uow.session, rooms.scope).by_id(
        lines[0].shopper for lines in baskets
    )
    categories = {name: product.category for name, product in products.items()}
    ours = [
        _purchase(lines, categories=categories) for lines in baskets if lines[0].shopper in shoppers
    ]
    fresh = PurchaseRepository(uow.session, rooms.scope).add(ours)
    uow.after_commit(lambda: _learn(rooms, fresh))
    return PurchasesLoaded(len(fresh), len(ours) - len(fresh), len(baskets) - len(ours))


def _purchase(lines: Sequence[SeedPurchaseLine], *, categories: dict[str, str]) -> Purchase:
    return Purchase(
        basket=lines[0].basket,
        shopper=lines[0].shopper,
        at=lines[0].at,
        lines=tuple(
            PurchaseLine(
                line.product, categories.get(line.product), line.quantity, line.amount_minor
            )
            for line in lines
        ),
    )


def _learn(rooms: StoreRooms, purchases: Sequence[Purchase]) -> None:
    for purchase in purchases:
        rooms.purchases.update(purchase.shopper, purchase.at, purchase.categories)
        rooms.complements.update(sorted(purchase.categories))
