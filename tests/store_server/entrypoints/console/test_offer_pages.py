"""The form of an offer ends with its versions: who saved which, and what the newest changed."""

import pytest

from tests.store_server.entrypoints.web_builders import WebStore

AT = "/campaigns/offers/at/rye"
FORM = {
    "name": "Rye bread",
    "category": "BREAD",
    "products": "p1, p2",
    "price": "3.00",
    "margin": "1.50",
    "value": "0.70",
    "title_en": "Fresh rye",
    "body_en": "{value} off",
}


def test_an_offers_versions_stand_below_its_form(web: WebStore) -> None:
    browser = web.manager()
    before = browser.get(AT).text
    assert "Version 1" in before
    assert "Version 2" not in before

    browser.post(AT, data=FORM)

    page = browser.get(AT).text
    table = page[page.index("What the newest version changed") : page.index("</table>")]
    assert "Version 2" in page
    assert ">manager<" in page
    assert ("0.50" in table, "0.70" in table) == (True, True)
    assert "Fresh rye · {value} off" in table
    assert "p1, p2" in table
    assert "Margin on it" not in table


@pytest.mark.parametrize(("language", "words"), [("es", "Versiones"), ("ru", "Версии")])
def test_the_versions_are_read_in_the_language_asked_for(
    web: WebStore, language: str, words: str
) -> None:
    browser = web.manager()
    browser.post(AT, data=FORM)

    browser.post("/settings/language", data={"language": language})

    assert words in browser.get(AT).text


def test_a_new_offer_has_no_versions(web: WebStore) -> None:
    assert 'id="versions"' not in web.manager().get("/campaigns/offers/new").text
