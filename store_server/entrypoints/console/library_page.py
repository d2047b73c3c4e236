"""The library of creatives: how each offer is said, found by tag or by the language it lacks."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from store_server.decisions.plural import spoken
from store_server.entrypoints.console.channel_view import CHANNEL_TEXTS
from store_server.entrypoints.console.languages import OWN_NAMES
from store_server.entrypoints.console.phone import Phone, phones_of_offers
from store_server.entrypoints.console.visit import PageRoute, Visitor
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context
from store_server.flows.show_campaigns import show_offers
from store_server.ids import OfferId
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.creative import split_key
from store_server.offers.offer import Offer

router = APIRouter(route_class=PageRoute)


@dataclass(frozen=True, slots=True)
class Shelf:
    """An offer's words in the library.

    lacks: languages of the console that it does not speak; others: languages beside those.
    channels: for which it has words of their own; variants: the words of experiments.
    """

    offer: Offer
    phone: Phone
    lacks: tuple[str, ...]
    others: tuple[str, ...]
    channels: tuple[str, ...]
    variants: tuple[str, ...]
    campaigns: tuple[Campaign, ...]


@router.get("/campaigns/creatives")
async def show_library(
    visit: Visitor, context: Context, tag: str = "", lacks: str = "", say: str = ""
) -> Response:
    """Every offer's words, those asked for."""
    offers = await context.read(show_offers)
    language = say if say in OWN_NAMES else spoken(visit.language)
    chosen = [one for one in offers if _is_wanted(one, tag=tag, lacks=lacks)]
    return visit.page(
        "library.html",
        shelves=await _shelves(context, chosen, language),
        in_all=len(offers),
        tags=sorted(Counter(name for one in offers for name in one.tags).items()),
        lacking={code: sum(_lacks(one, code) for one in offers) for code in OWN_NAMES},
        tag=tag,
        lacks=lacks if lacks in OWN_NAMES else "",
        say=language,
        channel_texts=CHANNEL_TEXTS,
    )


def _is_wanted(offer: Offer, *, tag: str, lacks: str) -> bool:
    return (not tag or tag in offer.tags) and (lacks not in OWN_NAMES or _lacks(offer, lacks))


def _lacks(offer: Offer, language: str) -> bool:
    """Whether nobody who reads this language is offered it."""
    return offer.creative_in(language) is None


async def _shelves(context: ServerContext, offers: Iterable[Offer], language: str) -> list[Shelf]:
    offers = list(offers)
    phones = await phones_of_offers(context, [one.id for one in offers], language)
    users = _users(context.rooms.live.catalogue.campaigns.values())
    return [
        _shelf(offer, phone, users.get(offer.id, ()))
        for offer, phone in zip(offers, phones, strict=True)
    ]


def _shelf(offer: Offer, phone: Phone, campaigns: Iterable[Campaign]) -> Shelf:
    keys = [split_key(key) for key in offer.creatives]
    return Shelf(
        offer,
        phone,
        lacks=tuple(code for code in OWN_NAMES if _lacks(offer, code)),
        others=tuple(sorted({one.language for one in keys} - set(OWN_NAMES))),
        channels=tuple(sorted({one.channel for one in keys if one.channel is not None})),
        variants=tuple(sorted({one.variant for one in keys if one.variant is not None})),
        campaigns=tuple(campaigns),
    )


def _users(campaigns: Iterable[Campaign]) -> dict[OfferId, list[Campaign]]:
    """The campaigns that are not over, by the offers that they make."""
    found: dict[OfferId, list[Campaign]] = {}
    for one in campaigns:
        if one.state is not CampaignState.ENDED:
            for offer in one.offers_named():
                found.setdefault(offer, []).append(one)
    return found
