"""Flow (read): what still keeps a campaign from going live, each item with what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound, Unprocessable
from store_server.flows.preview_creative import CreativePreview, preview_offers
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import CampaignId
from store_server.offers.campaign import Campaign
from store_server.offers.catalogue import Catalogue
from store_server.offers.checklist import CheckItem, checklist, item


@dataclass(frozen=True, slots=True)
class CheckedCampaign:
    """A campaign and its checklist."""

    campaign: Campaign
    items: tuple[CheckItem, ...]

    @property
    def is_ready(self) -> bool:
        """Whether it may go live."""
        return not any(one.stops for one in self.items)


def check_campaign(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, campaign_id: str
) -> CheckedCampaign:
    """The checklist of a campaign as it stands.

    Raises:
        NotFound: there is no such campaign.
    """
    campaign = uow.live.catalogue.campaigns.get(CampaignId(campaign_id))
    if campaign is None:
        raise NotFound(f"there is no campaign {campaign_id[:64]!r}", code="unknown_campaign")
    return checked(uow, rooms, now=now, campaign=campaign, catalogue=uow.live.catalogue)


def require_ready(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    campaign: Campaign,
    catalogue: Catalogue,
) -> None:
    """Nothing when the campaign may go live.

    Raises:
        Unprocessable: `checklist`; the text names every item that stops it, and what to do.
    """
    found = checked(uow, rooms, now=now, campaign=campaign, catalogue=catalogue)
    stopping = [f"{one.finding}: {one.to_do}" for one in found.items if one.stops]
    if stopping:
        raise Unprocessable(
            f"campaign {campaign.id} cannot go live: {'; '.join(stopping)}", code="checklist"
        )


def checked(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    campaign: Campaign,
    catalogue: Catalogue,
) -> CheckedCampaign:
    """The checklist of this campaign with the offers of this catalogue."""
    items = checklist(
        campaign,
        offers=catalogue.offers,
        zones=[zone.id for zone in uow.live.plan.zones],
        language=rooms.policy.default_language,
        at=now,
    )
    offers = [catalogue.offers[name] for name in campaign.offers_named()]
    read = preview_offers(uow, rooms, now=now, offers=offers)
    return CheckedCampaign(campaign, (*items, *_of_words(read)))


def _of_words(previews: Iterable[tuple[str, CreativePreview]]) -> Iterable[CheckItem]:
    """What sampled shoppers would read: can it be said, is it allowed, does it fit."""
    unsaid, banned, cut = list[str](), list[str](), list[str]()
    readers = 0
    for where, preview in previews:
        readers = len(preview.lines)
        failed = [line.error for line in preview.lines if line.error is not None]
        if failed:
            unsaid.append(f"{where}: {failed[0]} ({len(failed)} of {readers} readers)")
        words = {word for line in preview.lines for word in line.banned}
        if words:
            banned.append(f"{where} says {', '.join(sorted(words))}")
        if any(line.is_cut for line in preview.lines):
            cut.append(where)
    yield item(
        "words",
        not unsaid,
        found="; ".join(unsaid) or f"every text can be said to {readers} readers",
        to_do="mend it before it goes live; `default` stands in for what a shopper lacks",
    )
    yield item(
        "banned_words",
        not banned,
        found="; ".join(banned) or "no text says a banned word",
        to_do="say it in other words",
    )
    yield item(
        "lengths",
        not cut,
        found=f"cut at the end: {', '.join(cut)}" if cut else "every text fits its channel",
        to_do="shorten it, or write a creative for that channel",
        is_required=False,
    )
