"""Words are tried on real shoppers first; what cannot be said does not go live."""

from collections.abc import Mapping

import pytest

from store_server.database import Database, read_only
from store_server.errors import NotFound, Unprocessable
from store_server.flows.preview_creative import CreativePreview, preview_creative
from store_server.flows.rooms import Policy
from store_server.flows.save_campaign import save_campaign
from store_server.flows.save_offer import save_offer
from store_server.offers.campaign_document import write_campaign
from store_server.offers.channel import ReadingChannel
from store_server.offers.document import write_offer
from store_server.shoppers.attributes import Attribute, AttributeType
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import AttributeRepository
from tests.store_server.flows.decision_builders import HERE, Shop, a_shop
from tests.store_server.offers.builders import a_campaign, an_offer

GREETING = {"title": "{{ offer }}", "body": "{{ shopper.name }}: {{ value }}", "wording": "liquid"}
KIND = GREETING | {"body": "{{ shopper.name | default: 'You' }}: {{ value }}"}


def named(shop: Shop, **names: str) -> Shop:
    with shop.transaction() as uow:
        attributes = AttributeRepository(uow.session, HERE)
        attributes.declare(Attribute("name", AttributeType.TEXT))
        for shopper, name in names.items():
            attributes.say({shopper: {"name": name}}, at=shop.now)
    return shop


def preview(
    shop: Shop,
    document: Mapping[str, object] | None = None,
    *,
    offer: str = "rye",
    language: str = "en",
    channel: ReadingChannel = ReadingChannel.PUSH,
) -> CreativePreview:
    with read_only(shop.database.read, shop.rooms.live) as uow:
        return preview_creative(
            uow,
            shop.rooms,
            now=shop.now,
            offer_id=offer,
            language=language,
            channel=channel,
            document=document,
        )


def test_each_of_the_sample_reads_it_and_one_of_whom_nothing_is_known(database: Database) -> None:
    shop = named(a_shop(database), ann="Ann", bob="Bob")

    found = preview(shop, KIND)

    read = {line.shopper: line.body for line in found.lines}
    assert read == {
        "ann": "Ann: 0.50 EUR",
        "bob": "Bob: 0.50 EUR",
        "eve": "You: 0.50 EUR",
        None: "You: 0.50 EUR",
    }
    assert found.is_ready


def test_who_does_not_agree_to_profile_is_not_named(database: Database) -> None:
    shop = named(a_shop(database), ann="Ann")
    shop.withdraw("ann", Purpose.PROFILE)

    assert "Ann" not in " ".join(line.body for line in preview(shop, KIND).lines)


def test_a_name_that_some_lack_is_a_problem(database: Database) -> None:
    found = preview(named(a_shop(database), ann="Ann"), GREETING)

    assert not found.is_ready
    assert found.problems == ("creative: cannot be filled: shopper.name is undefined",)
    assert [line.shopper for line in found.lines if line.error is None] == ["ann"]


def test_a_banned_word_is_found_in_a_value(database: Database) -> None:
    shop = a_shop(database, policy=Policy(holdout_bp=0, banned_words=("free",)))

    found = preview(named(shop, ann="Fr\u0435\u0435"), KIND)

    assert not found.is_ready
    assert found.problems == ("says 'free', which is banned",)


def test_what_the_channel_cuts_is_told_and_does_not_stop(database: Database) -> None:
    found = preview(a_shop(database), {"title": "x" * 40, "body": "y"}, channel=ReadingChannel.SMS)

    assert found.is_ready
    assert found.problems == ("is cut: sms shows 33 and 100 characters",)


def test_without_a_document_the_offers_own_words_are_tried(database: Database) -> None:
    assert preview(a_shop(database)).lines[0].title == "rye bread"


def test_an_unknown_offer_or_language_is_said(database: Database) -> None:
    shop = a_shop(database)

    with pytest.raises(NotFound, match="no offer 'oat'"):
        preview(shop, offer="oat")
    with pytest.raises(Unprocessable, match="no creative in 'de'"):
        preview(shop, language="de")


def test_a_campaign_does_not_go_live_with_words_that_cannot_be_said(database: Database) -> None:
    shop = a_shop(database, campaigns=[a_campaign("other")])
    words = write_offer(an_offer("oat")) | {"creatives": {"en": GREETING}}
    live = write_campaign(a_campaign("new", offers=["oat"]))

    with shop.transaction() as uow:
        save_offer(uow, shop.rooms, now=shop.now, offer_id="oat", document=words, by="ops")
        with pytest.raises(Unprocessable, match=r"offer oat: creatives.en: .*undefined \(4 of 4"):
            save_campaign(uow, shop.rooms, now=shop.now, campaign_id="new", document=live, by="ops")


def test_an_offer_of_a_live_campaign_keeps_words_that_can_be_said(database: Database) -> None:
    shop = a_shop(database)
    words = write_offer(an_offer()) | {"creatives": {"en": GREETING}}

    with shop.transaction() as uow, pytest.raises(Unprocessable, match="mend it before"):
        save_offer(uow, shop.rooms, now=shop.now, offer_id="rye", document=words, by="ops")


def test_the_notification_greets_by_name_only_with_consent(database: Database) -> None:
    shop = named(a_shop(database), ann="Ann", bob="Bob")
    shop.withdraw("bob", Purpose.PROFILE)
    words = write_offer(an_offer()) | {"creatives": {"en": KIND}}
    with shop.transaction() as uow:
        save_offer(uow, shop.rooms, now=shop.now, offer_id="rye", document=words, by="ops")

    told = [shop.pull(shopper=who).offer for who in ("ann", "bob")]
    assert [one.body for one in told if one is not None] == ["Ann: 0.50 EUR", "You: 0.50 EUR"]
