"""From an idea to a live campaign by forms alone: segment, offer, campaign, launch, pause, stop."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from store_server.database import Database
from store_server.outbox.channel_setup import ChannelSetup
from store_server.outbox.lane import LaneLimits
from tests.store_server.entrypoints.web_builders import WebStore, a_web_store
from tests.store_server.offers.builders import NOON

OFFER = {
    "name": "Warm bread",
    "category": "BREAD",
    "products": "p1, p2",
    "price": "3.00",
    "margin": "1,50",
    "value": "0.50",
    "title_en": "Warm bread",
    "body_en": "{value} off in {zone}",
}
CAMPAIGN: dict[str, object] = {
    "name": "Bread after five",
    "kind": "zone_dwell",
    "zone": "bakery",
    "dwell_s": "20",
    "from": "17:00",
    "until": "20:00",
    "weekdays": ["1", "5"],
    "offers": ["warm-bread"],
    "cap_per_visit": "1",
    "cap_per_day": "2",
    "budget": "100",
    "goal": "purchases",
    "smallest_effect": "3",
    "holdout": "12.5",
    "ends": (NOON + timedelta(days=30)).date().isoformat(),
}
AT = "/campaigns/at/bread-after-five"


@pytest.fixture
def web(sqlite_database: Database) -> Iterator[WebStore]:
    with a_web_store(sqlite_database) as store:
        yield store


def a_manager(web: WebStore) -> TestClient:
    browser = web.manager()
    browser.follow_redirects = False
    assert browser.post("/campaigns/offers/new", data=OFFER).status_code == 303
    return browser


def test_an_idea_becomes_a_live_campaign_by_forms(web: WebStore) -> None:
    browser = a_manager(web)

    saved = browser.post("/campaigns/new", data=CAMPAIGN)
    for move in ("submit", "approve"):
        browser.post(f"{AT}/move", data={"move": move})

    campaign = web.context.rooms.live.catalogue.campaigns["bread-after-five"]  # type: ignore[index] # a plain text is one
    assert saved.headers["location"] == AT
    assert campaign.state == "live"
    assert (campaign.holdout_bp, campaign.budget_minor, campaign.trigger.dwell_s) == (
        1250,
        10_000,
        20,
    )
    assert campaign.ends_at is not None
    assert campaign.ends_at.isoformat() == "2026-04-04T00:00:00+00:00"


def test_all_mistakes_are_told_at_once_and_what_was_typed_stays(web: WebStore) -> None:
    browser = a_manager(web)
    wrong = {**CAMPAIGN, "name": "", "dwell_s": "soon", "ends": "", "budget": "a lot", "offers": []}

    answer = browser.post("/campaigns/new", data=wrong)

    assert answer.status_code == 422
    assert len(re.findall(r'class="error"', answer.text)) == 5
    assert "5 fields need you" in answer.text
    assert all(f'value="{typed}"' in answer.text for typed in ("soon", "a lot", "12.5"))


def test_the_form_of_a_campaign_says_what_the_campaign_says(web: WebStore) -> None:
    browser = a_manager(web)
    browser.post("/campaigns/new", data=CAMPAIGN)
    before = web.context.rooms.live.catalogue.campaigns

    page = browser.get(f"{AT}/edit").text
    fields = dict(re.findall(r'name="(\w+)" type="\w+" value="([^"]*)"', page))
    browser.post(f"{AT}/edit", data={**CAMPAIGN, **fields})

    assert (fields["holdout"], fields["budget"], fields["from"]) == ("12.5", "100.00", "17:00")
    assert web.context.rooms.live.catalogue.campaigns == before


def test_an_edit_of_a_live_campaign_is_a_new_version_with_its_difference(web: WebStore) -> None:
    browser = a_manager(web)
    browser.post("/campaigns/new", data=CAMPAIGN)
    for move in ("submit", "approve"):
        browser.post(f"{AT}/move", data={"move": move})

    browser.post(f"{AT}/edit", data={**CAMPAIGN, "cap_per_day": "3"})

    page = browser.get(AT).text
    assert "Version 2" in page
    assert re.search(r"Times in a day</th><td[^>]*>2</td><td[^>]*>3</td>", page)
    for move, state in (("pause", "Paused"), ("resume", "Live now"), ("end", "Over")):
        browser.post(f"{AT}/move", data={"move": move})
        assert state in browser.get(AT).text


def test_what_cannot_be_done_is_told_on_the_page(web: WebStore) -> None:
    browser = a_manager(web)
    browser.post("/campaigns/new", data=CAMPAIGN)

    answers = [browser.post(f"{AT}/move", data={"move": move}) for move in ("pause", "<b>")]

    assert [one.status_code for one in answers] == [409, 422]
    assert all('role="alert"' in one.text and "<b>&" not in one.text for one in answers)
    assert browser.get("/campaigns/at/nobody").status_code == 404


def test_the_phone_shows_each_language_and_says_which_is_missing(web: WebStore) -> None:
    browser = a_manager(web)
    browser.post("/campaigns/new", data=CAMPAIGN)

    english, russian = (browser.get(f"{AT}?say={one}").text for one in ("en", "ru"))

    assert "0.50 EUR off in" in english
    assert "does not speak this language" in russian


def test_a_segment_is_built_of_lines_and_counted(web: WebStore) -> None:
    browser = web.manager()
    browser.follow_redirects = False
    lines = {
        "name": "Bread lovers",
        **{"kind_1": "bought", "word_1": "BREAD", "times_1": "2", "days_1": "60"},
        **{"kind_2": "language", "word_2": "en"},
    }

    counted = browser.post("/campaigns/segments/new", data={**lines, "only": "count"})
    saved = browser.post("/campaigns/segments/new", data=lines)

    assert "of 2 shoppers" in counted.text
    assert "BREAD" in counted.text
    assert saved.status_code == 303
    again = browser.get("/campaigns/segments/at/bread-lovers").text
    assert re.search(r'name="times_1" type="text" value="2"', again)
    assert "Bread lovers" in browser.get("/campaigns/new").text


def test_a_line_that_says_too_little_is_marked(web: WebStore) -> None:
    browser = web.manager()

    answer = browser.post("/campaigns/segments/new", data={"name": "x", "kind_1": "bought"})

    assert answer.status_code == 422
    assert len(re.findall(r'class="error"', answer.text)) == 2


def test_an_offer_keeps_what_its_form_does_not_show(web: WebStore) -> None:
    browser = a_manager(web)
    before = web.context.rooms.live.catalogue.offers["warm-bread"]  # type: ignore[index] # a plain text is one

    browser.post(
        "/campaigns/offers/at/warm-bread", data={**OFFER, "title_es": "Pan", "body_es": "{offer}"}
    )

    after = web.context.rooms.live.catalogue.offers["warm-bread"]  # type: ignore[index] # a plain text is one
    assert set(after.creatives) == {"en", "es"}
    assert after.effect_prior == before.effect_prior


def test_what_the_form_does_not_show_outlives_an_edit(web: WebStore) -> None:
    browser = a_manager(web)
    browser.post("/campaigns/new", data=CAMPAIGN)
    document = {
        **{"name": "Bread", "offers": ["warm-bread"], "ends_at": "2026-04-04T00:00:00Z"},
        **{"trigger": {"kind": "pull", "placements": ["app"]}, "weekdays": [1, 5]},
        **{"goal": "purchases", "smallest_effect_bp": 300, "cap_per_week": 3, "cooldown_s": 60},
        **{"exclusion_group": "bread", "min_confidence_bp": 4_000, "budget_minor": 500},
    }
    put = web.client("ops").put("/v1/campaigns/bread-after-five", json=document)
    assert put.status_code == 200, put.text

    browser.post(f"{AT}/edit", data={**CAMPAIGN, "kind": "pull", "budget": ""})

    edited = web.context.rooms.live.catalogue.campaigns["bread-after-five"]  # type: ignore[index] # a plain text is one
    assert (edited.limits.cap_per_week, edited.limits.cooldown_s) == (3, 60)
    assert (edited.exclusion_group, edited.limits.min_confidence_bp) == ("bread", 4_000)
    assert edited.trigger.placements == {"app"}
    assert edited.budget_minor is None


def test_channels_are_those_that_are_set_up(web: WebStore) -> None:
    web.context.rooms.channels = ChannelSetup(limits={"email": LaneLimits(1, 1.0)})
    browser = a_manager(web)

    page = browser.get("/campaigns/new").text
    browser.post("/campaigns/new", data={**CAMPAIGN, "channels": ["email", "push"]})
    refused = browser.post("/campaigns/new", data={**CAMPAIGN, "channels": ["sms"]})

    campaign = web.context.rooms.live.catalogue.campaigns["bread-after-five"]  # type: ignore[index] # a plain text is one
    assert campaign.limits.channels == {"email", "push"}
    assert 'value="email"' in page
    assert 'value="sms"' not in page
    assert refused.status_code == 422
    assert "by" in browser.get(AT).text


def test_a_channel_that_is_not_set_up_any_more_is_shown_and_may_stay(web: WebStore) -> None:
    web.context.rooms.channels = ChannelSetup(limits={"sms": LaneLimits(1, 1.0)})
    browser = a_manager(web)
    browser.post("/campaigns/new", data={**CAMPAIGN, "channels": ["sms"]})
    web.context.rooms.channels = ChannelSetup()

    form = browser.get(f"{AT}/edit").text
    saved = browser.post(f"{AT}/edit", data={**CAMPAIGN, "channels": ["sms"], "cap_per_day": "3"})

    assert "not set up" in form
    assert saved.status_code == 303


@pytest.mark.parametrize(("language", "words"), [("en", "0.50 EUR off"), ("ru", "does not speak")])
def test_the_form_shows_the_phone_in_each_language_before_it_is_saved(
    web: WebStore, language: str, words: str
) -> None:
    browser = a_manager(web)

    page = browser.post("/campaigns/new", data={**CAMPAIGN, "say": language})

    assert page.status_code == 200
    assert words in page.text
    assert 'value="Bread after five"' in page.text
    assert "bread-after-five" not in web.context.rooms.live.catalogue.campaigns
