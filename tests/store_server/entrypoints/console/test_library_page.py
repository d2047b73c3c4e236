"""The library of creatives: found by tag and by what is missing, used again in two ways."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from store_server.offers.offer_version import version_of
from tests.store_server.entrypoints.web_builders import WebStore
from tests.store_server.offers.builders import an_offer

AT = "/campaigns/creatives"
CAKE = {
    "name": "Almond cake",
    "category": "CAKE",
    "products": "",
    "price": "9.00",
    "margin": "3.00",
    "value": "1.00",
    "title_en": "Almond cake today",
    "body_en": "{value} off in {zone}",
    "title_es": "Tarta de almendra",
    "body_es": "{value} menos en {zone}",
    "tags": "Autumn,  sweet  things , autumn",
}


def with_cake(web: WebStore, **other: str) -> TestClient:
    browser = web.manager()
    assert browser.post("/campaigns/offers/new", data={**CAKE, **other}).status_code == 200
    return browser


def test_tags_are_small_letters_each_once(web: WebStore) -> None:
    with_cake(web)

    offer = web.context.rooms.live.catalogue.offers["almond-cake"]  # type: ignore[index] # a plain text is one
    assert offer.tags == {"autumn", "sweet things"}


def test_words_are_found_by_tag(web: WebStore) -> None:
    browser = with_cake(web)

    everything, autumn = browser.get(AT).text, browser.get(f"{AT}?tag=autumn").text

    assert "Almond cake today" in everything
    assert "rye bread" in everything
    assert "Almond cake today" in autumn
    assert "rye bread" not in autumn


def test_what_lacks_a_language_is_found_and_marked(web: WebStore) -> None:
    browser = with_cake(web)

    spanish, russian = browser.get(f"{AT}?lacks=es").text, browser.get(f"{AT}?lacks=ru").text

    assert "Almond cake" not in spanish
    assert "rye bread" in spanish
    assert "Almond cake" in russian
    assert "Русский</span>: missing" in russian


def test_words_are_read_in_the_language_asked_for(web: WebStore) -> None:
    assert "Tarta de almendra" in with_cake(web).get(f"{AT}?say=es").text


def test_words_are_used_again_in_a_campaign_and_for_another_offer(web: WebStore) -> None:
    browser = with_cake(web)

    campaign = browser.get("/campaigns/new?offer=almond-cake").text
    offer = browser.get("/campaigns/offers/new?like=almond-cake").text

    assert 'value="almond-cake" checked' in campaign
    assert 'value="Almond cake today"' in offer
    assert 'value="autumn, sweet things"' in offer
    assert 'value="9.00"' not in offer


@pytest.mark.parametrize("query", ["?tag=nothing", "?tag=<b>&lacks=xx&say=q"])
def test_what_is_not_there_is_an_empty_shelf(web: WebStore, query: str) -> None:
    answer = web.manager().get(f"{AT}{query}")

    assert answer.status_code == 200
    assert "<b>" not in answer.text
    assert "Nothing fits" in answer.text


def test_too_many_tags_are_told_and_the_form_keeps_them(web: WebStore) -> None:
    many = ", ".join(f"tag-{number}" for number in range(13))

    answer = web.manager().post("/campaigns/offers/new", data={**CAKE, "tags": many})

    assert answer.status_code == 422
    assert "At most 12 tags" in answer.text
    assert "tag-12" in answer.text


def test_the_api_says_and_takes_tags(web: WebStore) -> None:
    ops = web.client("ops")
    document = {
        **{"name": "Tea", "category": "tea", "product_ids": [], "price_minor": 300},
        **{"margin_minor": 100, "face_value_minor": 50, "effect_mean": 0.2, "effect_strength": 9},
        **{"creatives": {"en": {"title": "Tea", "body": "Tea"}}, "tags": ["hot", "leaves"]},
    }

    put = ops.put("/v1/offers/tea", json=document)
    wrong = ops.put("/v1/offers/tea", json={**document, "tags": ["a,b"]})

    assert put.json()["tags"] == ["hot", "leaves"]
    assert wrong.status_code == 422


def test_another_tag_is_no_other_version() -> None:
    assert version_of(replace(an_offer(), tags=frozenset({"x"}))) == version_of(an_offer())
