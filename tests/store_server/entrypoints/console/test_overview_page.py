"""The first page: what needs somebody is reckoned anew, and one kind does not hide the others."""

from dataclasses import replace

import pytest

from store_server.clock import to_ms
from store_server.offers.campaign import Campaign
from store_server.presence.gateway_live import GatewayLive
from tests.store_server.entrypoints.web_builders import WebStore
from tests.store_server.offers.builders import NOON, a_campaign


def with_campaigns(web: WebStore, *campaigns: Campaign) -> None:
    live = web.context.rooms.live
    catalogue = live.catalogue
    for one in campaigns:
        catalogue = catalogue.with_campaign(one)
    web.context.rooms.live = replace(live, catalogue=catalogue)


def gone_silent(web: WebStore, *names: str) -> None:
    live = web.context.rooms.live
    heard = to_ms(NOON) - 3_600_000
    for name in names:
        live = live.with_gateway(
            GatewayLive(
                name, online=True, state_known=True, last_sent_at_ms=heard, health_at_ms=heard
            )
        )
    web.context.rooms.live = live


def test_gateways_that_are_silent_are_one_thing_and_named(web: WebStore) -> None:
    gone_silent(web, "gw-1", "gw-2", "gw-3")

    page = web.manager().get("/").text

    assert "3 gateways are silent: gw-1, gw-2, gw-3." in page
    assert "without a holdout" in page


def test_one_silent_gateway_is_told_as_one(web: WebStore) -> None:
    gone_silent(web, "gw-5")

    assert "Gateway gw-5 is silent." in web.manager().get("/").text


def test_a_campaign_without_a_holdout_is_named_and_leads_to_its_form(web: WebStore) -> None:
    page = web.manager().get("/").text

    assert "“bakery” runs without a holdout" in page
    assert 'href="/campaigns/at/bakery/edit"' in page


@pytest.mark.parametrize(("its_own", "the_stores"), [(500, 0), (0, 1_000), (500, 1_000)])
def test_a_holdout_of_the_campaign_or_of_the_store_is_one(
    web: WebStore, its_own: int, the_stores: int
) -> None:
    with_campaigns(web, replace(a_campaign(), holdout_bp=its_own))
    web.context.rooms.policy = replace(web.context.rooms.policy, holdout_bp=the_stores)
    browser = web.manager()

    overview, results = browser.get("/").text, browser.get("/campaigns/at/bakery/results").text

    assert "without a holdout" not in overview
    assert "Nobody is held out</p>" not in results
    assert "of shoppers are held out" in results
