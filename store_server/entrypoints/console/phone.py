"""What a shopper would read on the phone: the creatives of a campaign, rendered as when sent."""

from collections.abc import Iterable
from dataclasses import dataclass

from store_server.entrypoints.console.languages import OWN_NAMES
from store_server.entrypoints.context import ServerContext
from store_server.errors import Unprocessable
from store_server.flows.preview_creative import preview_creative
from store_server.ids import OfferId
from store_server.offers.campaign import Campaign


@dataclass(frozen=True, slots=True)
class Phone:
    """One offer as it is read in a language; `title` None: the offer does not speak it."""

    offer: str
    language: str
    title: str | None
    body: str
    is_cut: bool = False
    problem: str | None = None


async def phones_of(context: ServerContext, campaign: Campaign, language: str) -> list[Phone]:
    """The offers of a campaign in a language, in their order."""
    return await phones_of_offers(context, campaign.offers, language)


async def phones_of_offers(
    context: ServerContext, names: Iterable[str], language: str
) -> list[Phone]:
    """These offers in a language, in their order; those that are not there are left out."""
    spoken = language if language in OWN_NAMES else "en"
    found = []
    for name in names:
        offer = context.rooms.live.catalogue.offers.get(OfferId(name))
        if offer is not None:
            found.append(await _phone(context, name, offer.name, spoken))
    return found


async def _phone(context: ServerContext, offer_id: str, name: str, language: str) -> Phone:
    try:
        preview = await context.read(
            preview_creative, offer_id=offer_id, language=language, sample=1
        )
    except Unprocessable:
        return Phone(name, language, None, "")
    # The last of the sample is one of whom nothing is known: what everybody can be told.
    line = preview.lines[-1]
    problem = preview.problems[0] if preview.problems else None
    return Phone(name, language, line.title, line.body, line.is_cut, problem)
