"""A campaign is changed for the next trigger; what cannot be is refused."""

import pytest

from store_server.database import Database, read_only
from store_server.decisions.reason import Reason
from store_server.errors import Unprocessable
from store_server.flows.save_campaign import save_campaign
from store_server.flows.show_campaigns import show_campaigns, show_offers
from store_server.ids import CampaignId
from store_server.offers.campaign import Campaign
from store_server.offers.campaign_document import write_campaign
from store_server.offers.repository import OfferRepository
from tests.store_server.flows.decision_builders import HERE, Shop, a_shop
from tests.store_server.offers.builders import a_campaign, a_trigger, an_offer


def save(shop: Shop, campaign_id: str = "bakery", **change: object) -> Campaign:
    document = write_campaign(a_campaign()) | {"id": campaign_id} | change
    with shop.transaction() as uow:
        return save_campaign(
            uow, shop.rooms, now=shop.now, campaign_id=campaign_id, document=document
        )


def test_a_paused_campaign_is_silent_at_the_next_trigger(database: Database) -> None:
    shop = a_shop(database)

    saved = save(shop, state="paused")

    (decision,) = shop.decide(a_trigger())
    assert decision.reasons == (Reason.CAMPAIGN_NOT_LIVE,)
    assert saved.version == 2


def test_the_change_is_there_after_a_restart(database: Database) -> None:
    shop = a_shop(database)
    save(shop, "dairy", trigger={"kind": "zone_enter", "zone": "dairy"})

    with shop.transaction() as uow:
        OfferRepository(uow.session, HERE).save_offers([an_offer()])
        loaded = OfferRepository(uow.session, HERE).load_catalogue()

    assert loaded.campaigns == {"dairy": shop.rooms.live.catalogue.campaigns[CampaignId("dairy")]}


def test_the_same_document_again_is_no_new_version(database: Database) -> None:
    shop = a_shop(database)

    assert save(shop).version == 1


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"id": "other"}, "id is 'other'; must be 'bakery' as in the address"),
        ({"trigger": {"kind": "zone_enter", "zone": "cellar"}}, "must be one of bakery, dairy"),
        ({"offers": ["oat"]}, "campaign bakery: offers names 'oat'"),
        ({"segment": "ghosts"}, "segment is 'ghosts'; there is no such segment"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    database: Database, change: dict[str, object], text: str
) -> None:
    shop = a_shop(database)
    before = shop.rooms.live

    with pytest.raises(Unprocessable) as caught:
        save(shop, **change)  # type: ignore[arg-type] # a document may hold anything

    assert text in str(caught.value)
    assert shop.rooms.live is before


def test_campaigns_are_shown_with_what_they_gave_away(database: Database) -> None:
    shop = a_shop(database)
    shop.decide(a_trigger())

    with read_only(database.read, shop.rooms.live) as uow:
        (shown,) = show_campaigns(uow, shop.rooms, now=shop.now)
        offers = show_offers(uow, shop.rooms, now=shop.now)

    assert (shown.campaign.id, shown.use.issues, shown.use.reserved_minor) == ("bakery", 1, 50)
    assert [offer.id for offer in offers] == ["rye"]
