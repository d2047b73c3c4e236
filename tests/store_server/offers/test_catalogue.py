"""The catalogue knows who listens, and is never changed."""

import pytest

from store_server.errors import Unprocessable
from store_server.ids import CampaignId, ZoneId
from store_server.offers.campaign import CampaignState
from store_server.offers.catalogue import EMPTY, catalogue_of
from store_server.offers.trigger import TriggerKind, TriggerRule
from tests.store_server.offers.builders import a_campaign, an_offer

BAKERY = ZoneId("bakery")
ANYWHERE = TriggerRule(TriggerKind.ZONE_DWELL, None, 60)


def test_a_trigger_concerns_campaigns_of_its_zone_and_of_any_zone() -> None:
    catalogue = catalogue_of(
        [an_offer()], [a_campaign("b"), a_campaign("a", trigger=ANYWHERE), a_campaign("c")]
    )

    here = [one.id for one in catalogue.listening(TriggerKind.ZONE_DWELL, BAKERY)]
    elsewhere = [one.id for one in catalogue.listening(TriggerKind.ZONE_DWELL, ZoneId("dairy"))]

    assert (here, elsewhere) == (["a", "b", "c"], ["a"])
    assert catalogue.listening(TriggerKind.ZONE_ENTER, BAKERY) == ()


def test_a_pull_concerns_campaigns_of_every_kind() -> None:
    pull_only = TriggerRule(TriggerKind.PULL, BAKERY)
    catalogue = catalogue_of([an_offer()], [a_campaign("a"), a_campaign("b", trigger=pull_only)])

    assert [c.id for c in catalogue.listening(TriggerKind.PULL, BAKERY)] == ["a", "b"]


def test_drafts_do_not_listen_and_paused_ones_do() -> None:
    states = {"d": CampaignState.DRAFT, "p": CampaignState.PAUSED}
    catalogue = catalogue_of([an_offer()], [a_campaign(n, state=s) for n, s in states.items()])

    assert [c.id for c in catalogue.listening(TriggerKind.ZONE_DWELL, BAKERY)] == ["p"]
    assert set(catalogue.campaigns) == {"d", "p"}


def test_a_changed_campaign_makes_another_catalogue() -> None:
    before = catalogue_of([an_offer()], [a_campaign()])

    after = before.with_campaign(a_campaign(state=CampaignState.PAUSED))

    assert before.campaigns[CampaignId("bakery")].state is CampaignState.LIVE
    assert after.campaigns[CampaignId("bakery")].state is CampaignState.PAUSED
    with pytest.raises(TypeError):
        before.campaigns[CampaignId("x")] = a_campaign()  # type: ignore[index] # on purpose


def test_a_campaign_may_only_name_offers_that_are_there() -> None:
    with pytest.raises(Unprocessable, match="campaign bakery: offers names 'rye'"):
        EMPTY.with_campaign(a_campaign())


def test_an_id_may_stand_once() -> None:
    with pytest.raises(Unprocessable, match="offer 'rye' stands twice"):
        catalogue_of([an_offer(), an_offer()], [])


def test_the_marks_of_all_campaigns_are_listed_ascending() -> None:
    catalogue = catalogue_of([an_offer()], [a_campaign("a", trigger=ANYWHERE), a_campaign("b")])

    assert catalogue.dwell_marks_s() == (20, 60)
