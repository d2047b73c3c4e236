"""What the back office reads of the shop: stores, zones, gateways, offers and campaigns."""

from typing import Annotated

from fastapi import APIRouter, Path

from store_server.entrypoints.api.problems_shown import CHANGING, READING, refusals
from store_server.entrypoints.api.schemas.campaigns import (
    CampaignAnswer,
    CampaignBody,
    CampaignListAnswer,
    campaign_answer,
)
from store_server.entrypoints.api.schemas.offers import (
    OfferAnswer,
    OfferBody,
    OfferListAnswer,
    offer_answer,
)
from store_server.entrypoints.api.schemas.shop import (
    GatewayAnswer,
    GatewayListAnswer,
    StoreAnswer,
    StoreListAnswer,
    ZoneAnswer,
    ZoneBody,
    ZoneListAnswer,
)
from store_server.entrypoints.http_auth import Context, OpsCaller
from store_server.flows.save_campaign import save_campaign
from store_server.flows.save_offer import save_offer
from store_server.flows.save_zone import save_zone
from store_server.flows.show_campaigns import show_campaigns, show_offers
from store_server.flows.show_fleet import GatewayLine, show_fleet
from store_server.flows.show_shop import ZoneLine, show_stores, show_zones
from store_server.ids import ZoneId
from store_server.shop.floor_plan import Zone
from store_server.shop.store_profile import Store
from store_server.writer import Priority

router = APIRouter(prefix="/v1", tags=["back office"], responses=READING)

CampaignName = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", examples=["bread"])]
ZoneName = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$", examples=["bakery"])]
OfferName = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", examples=["rye-50"])]


@router.get("/stores")
async def list_stores(context: Context, _caller: OpsCaller) -> StoreListAnswer:
    """The stores of the organisation."""
    stores = await context.read(show_stores)
    return StoreListAnswer(stores=[_store(store) for store in stores])


@router.get("/zones")
async def list_zones(context: Context, _caller: OpsCaller) -> ZoneListAnswer:
    """The zones of this store, and how many shoppers are believed to be in each."""
    lines = await context.read(show_zones)
    return ZoneListAnswer(zones=[_zone(line) for line in lines])


@router.put("/zones/{zone_id}", responses=CHANGING)
async def put_zone(
    zone_id: ZoneName, body: ZoneBody, context: Context, _caller: OpsCaller
) -> ZoneAnswer:
    """Change a zone of the plan, or add one; positions of gateways and beacons stay."""
    zone = Zone(ZoneId(zone_id), body.name, tuple(body.polygon), body.kind)
    await context.write(Priority.APP, save_zone, zone=zone)
    lines = await context.read(show_zones)
    return _zone(next(line for line in lines if line.zone.id == zone_id))


@router.get("/gateways")
async def list_gateways(context: Context, _caller: OpsCaller) -> GatewayListAnswer:
    """How each gateway stands."""
    lines = await context.read(show_fleet)
    return GatewayListAnswer(gateways=[_gateway(line) for line in lines])


@router.get("/offers")
async def list_offers(context: Context, _caller: OpsCaller) -> OfferListAnswer:
    """What may be promised."""
    offers = await context.read(show_offers)
    return OfferListAnswer(offers=[offer_answer(offer) for offer in offers])


@router.put("/offers/{offer_id}", responses=CHANGING)
async def put_offer(
    offer_id: OfferName, body: OfferBody, context: Context, caller: OpsCaller
) -> OfferAnswer:
    """Make an offer, or change it; the next trigger already goes by it.

    A change of what is promised is a new version; the same again is none. Coupons that are out
    stand as they were promised.
    """
    offer = await context.write(
        Priority.APP, save_offer, offer_id=offer_id, document=body.document(), by=caller.name
    )
    return offer_answer(offer)


@router.get("/campaigns")
async def list_campaigns(context: Context, _caller: OpsCaller) -> CampaignListAnswer:
    """Every campaign, drafts too, and what each has given away."""
    shown = await context.read(show_campaigns)
    return CampaignListAnswer(campaigns=[campaign_answer(one.campaign, one.use) for one in shown])


@router.put("/campaigns/{campaign_id}", responses={**CHANGING, **refusals(409)})
async def put_campaign(
    campaign_id: CampaignName, body: CampaignBody, context: Context, caller: OpsCaller
) -> CampaignAnswer:
    """Make a campaign, or change it; the next trigger already goes by it.

    A change is a new version. With another `state` than it has, it is moved there by legal moves.
    """
    campaign = await context.write(
        Priority.APP,
        save_campaign,
        campaign_id=campaign_id,
        document=body.document(),
        by=caller.name,
    )
    return campaign_answer(campaign, None)


def _store(store: Store) -> StoreAnswer:
    return StoreAnswer(
        org=store.org,
        store=store.store,
        name=store.name,
        timezone=store.timezone,
        currency=store.currency,
        opens=store.opens.isoformat("minutes"),
        closes=store.closes.isoformat("minutes"),
    )


def _zone(line: ZoneLine) -> ZoneAnswer:
    return ZoneAnswer(
        zone_id=line.zone.id,
        name=line.zone.name,
        kind=line.zone.kind,
        polygon=list(line.zone.polygon),
        area_m2=round(line.zone.area_m2(), 2),
        shoppers_now=line.shoppers_now,
    )


def _gateway(line: GatewayLine) -> GatewayAnswer:
    return GatewayAnswer(
        gateway_id=line.id,
        zone=line.zone,
        standing=line.standing,
        last_heard_at=line.last_heard_at,
        adverts_per_s=line.adverts_per_s,
        queued_batches=line.queued_batches,
        clock=line.clock,
        version=line.version,
        applied_batches=line.applied_batches,
        duplicates=line.duplicates,
        takeovers=line.takeovers,
        quarantined=line.quarantined,
        config=line.config,
        config_version=line.config_version,
        pushed_version=line.pushed_version,
    )
