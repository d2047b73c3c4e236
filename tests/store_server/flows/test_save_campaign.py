"""A campaign is changed for the next trigger; what cannot be is refused."""

from datetime import datetime, timedelta

import pytest

from store_server.database import Database, read_only
from store_server.decisions.reason import Reason
from store_server.errors import Conflict, NotAllowed, Unprocessable
from store_server.flows.move_campaign import move_campaign
from store_server.flows.rooms import Policy
from store_server.flows.save_campaign import save_campaign
from store_server.flows.show_campaign import show_campaign_events, show_difference
from store_server.flows.show_campaigns import show_campaigns, show_offers
from store_server.flows.turn_campaigns import turn_campaigns
from store_server.ids import CampaignId
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.campaign_document import write_campaign
from store_server.offers.lifecycle import Move
from store_server.offers.repository import OfferRepository
from tests.store_server.flows.decision_builders import HERE, Shop, a_shop
from tests.store_server.offers.builders import NOON, a_campaign, a_trigger, an_offer


def save(shop: Shop, campaign_id: str = "bakery", *, by: str = "ops", **change: object) -> Campaign:
    document = write_campaign(a_campaign()) | {"id": campaign_id} | change
    with shop.transaction() as uow:
        return save_campaign(
            uow, shop.rooms, now=shop.now, campaign_id=campaign_id, document=document, by=by
        )


def move(
    shop: Shop, move: Move, campaign_id: str = "bakery", *, by: str = "ops", note: str = ""
) -> Campaign:
    with shop.transaction() as uow:
        return move_campaign(
            uow, shop.rooms, now=shop.now, campaign_id=campaign_id, move=move, by=by, note=note
        )


def turned(shop: Shop, campaign_id: str, *, at: datetime) -> CampaignState:
    with shop.transaction() as uow:
        turn_campaigns(uow, shop.rooms, now=at)
    return shop.rooms.live.catalogue.campaigns[CampaignId(campaign_id)].state


def test_a_paused_campaign_is_silent_at_the_next_trigger(database: Database) -> None:
    shop = a_shop(database)

    saved = save(shop, state="paused")

    (decision,) = shop.decide(a_trigger())
    assert decision.reasons == (Reason.CAMPAIGN_NOT_LIVE,)
    assert (saved.state, saved.version) == (CampaignState.PAUSED, 1)


def test_an_edit_of_a_live_campaign_is_a_new_version_that_decisions_name(
    database: Database,
) -> None:
    shop = a_shop(database)
    (before,) = shop.decide(a_trigger("e1"))

    saved = save(shop, name="Bread", cap_per_day=9, cap_per_visit=9)

    (after,) = shop.decide(a_trigger("e2", shopper="bob", visit="v2"))
    assert (saved.state, saved.version) == (CampaignState.LIVE, 2)
    assert (before.campaign_version, after.campaign_version) == (1, 2)


@pytest.mark.parametrize("field", ["goal", "smallest_effect_bp", "ends_at"])
def test_without_goal_effect_or_end_a_campaign_does_not_go_live(
    database: Database, field: str
) -> None:
    shop = a_shop(database, campaigns=[a_campaign("other")])

    with pytest.raises(Unprocessable, match=f"cannot go live: .*{field}"):
        save(shop, **{field: None})  # type: ignore[arg-type] # a document may hold anything

    assert CampaignId("bakery") not in shop.rooms.live.catalogue.campaigns


def test_where_a_second_person_approves_an_edit_waits_and_the_old_version_goes_on(
    database: Database,
) -> None:
    shop = a_shop(database, policy=Policy(holdout_bp=0, second_person=True))

    proposed = save(shop, by="ann", cap_per_day=9)
    (meanwhile,) = shop.decide(a_trigger())
    with pytest.raises(NotAllowed, match="ann saved version 2"):
        move(shop, Move.APPROVE, by="ann")
    approved = move(shop, Move.APPROVE, by="bob")

    assert (proposed.version, meanwhile.campaign_version) == (2, 1)
    assert (approved.version, approved.cap_per_day, approved.state) == (2, 9, CampaignState.LIVE)


def test_nobody_takes_a_new_campaign_live_alone(database: Database) -> None:
    shop = a_shop(database, policy=Policy(holdout_bp=0, second_person=True))

    with pytest.raises(NotAllowed, match="somebody else must approve"):
        save(shop, "dairy", trigger={"kind": "zone_enter", "zone": "dairy"})
    save(shop, "dairy", trigger={"kind": "zone_enter", "zone": "dairy"}, state="in_review")

    assert move(shop, Move.APPROVE, "dairy", by="bob").state is CampaignState.LIVE


def test_a_campaign_whose_start_is_to_come_waits_for_it_and_ends_by_the_clock(
    database: Database,
) -> None:
    shop = a_shop(database)
    start, end = (NOON + timedelta(hours=h) for h in (1, 2))
    trigger = {"kind": "zone_enter", "zone": "dairy"}

    waiting = save(shop, "dairy", trigger=trigger, starts_at=start, ends_at=end)
    states = [turned(shop, "dairy", at=at) for at in (start, end)]

    assert waiting.state is CampaignState.SCHEDULED
    assert states == [CampaignState.LIVE, CampaignState.ENDED]
    with shop.transaction() as uow:
        told = show_campaign_events(uow, shop.rooms, now=shop.now, campaign_id="dairy")
    assert [(one.action, one.by) for one in told] == [
        ("saved", "ops"),
        ("submit", "ops"),
        ("approve", "ops"),
        ("start", "clock"),
        ("end", "clock"),
    ]


def test_an_ended_campaign_is_not_changed_any_more(database: Database) -> None:
    shop = a_shop(database)
    move(shop, Move.END)

    with pytest.raises(Conflict, match="has ended"):
        save(shop, name="Again")


def test_versions_are_kept_and_compared(database: Database) -> None:
    shop = a_shop(database)
    save(shop, name="Bread")
    save(shop, name="Bread", cap_per_day=3)

    with shop.transaction() as uow:
        found = show_difference(
            uow, shop.rooms, now=shop.now, campaign_id="bakery", before=2, after=3
        )

    assert found == [("cap_per_day", 1, 3)]


def test_another_server_of_the_organisation_follows_within_a_tick(database: Database) -> None:
    shop, other = a_shop(database), a_shop(database)
    with shop.transaction() as uow:
        OfferRepository(uow.session, HERE).save_offers([an_offer()])
        OfferRepository(uow.session, HERE).save_campaigns([a_campaign()])
    turned(shop, "bakery", at=NOON)
    turned(other, "bakery", at=NOON)

    move(shop, Move.PAUSE)

    assert turned(other, "bakery", at=NOON) is CampaignState.PAUSED


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
