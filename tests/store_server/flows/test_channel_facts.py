"""The channel is chosen with the offer, in a real store: contact, consent, opens, campaign."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from store_server.database import Database
from store_server.decisions.decision import Decision
from store_server.decisions.explain import explain
from store_server.decisions.repository import DecisionRepository
from store_server.flows.keep_contact import record_channel_consent, save_contact
from store_server.flows.take_wishes import set_exclusions
from store_server.ids import ShopperId
from store_server.offers.campaign import Campaign
from store_server.offers.channel import ReadingChannel
from store_server.offers.limits import CampaignLimits
from store_server.outbox.repository import NotificationRepository, OutboxRepository
from store_server.shoppers.attributes import Attribute, AttributeType
from store_server.shoppers.contact import ContactChannel
from store_server.shoppers.repository import AttributeRepository
from tests.store_server.flows.contact_builders import ADDRESSES, ALL_CHANNELS
from tests.store_server.flows.decision_builders import HERE, Shop, a_shop
from tests.store_server.flows.test_check_sending import claim
from tests.store_server.offers.builders import NOON, a_campaign, a_trigger
from tests.store_server.outbox.builders import a_notification

ANN = ShopperId("ann")
EMAIL, SMS = ContactChannel.EMAIL, ContactChannel.SMS
OFTEN = a_campaign(cap_per_visit=9, cap_per_day=9)


def reached(
    database: Database, *channels: ContactChannel, campaigns: Sequence[Campaign] = (OFTEN,)
) -> Shop:
    shop = a_shop(database, campaigns=campaigns)
    shop.rooms.channels = ALL_CHANNELS
    with shop.transaction() as uow:
        for channel in channels:
            save_contact(
                uow,
                shop.rooms,
                now=NOON,
                shopper=ANN,
                channel=channel,
                address=ADDRESSES[channel],
            )
            record_channel_consent(
                uow,
                shop.rooms,
                now=NOON,
                shopper=ANN,
                channel=channel,
                granted=True,
                source="app",
                text_version="1",
            )
    return shop


def decided(shop: Shop) -> Decision:
    (decision,) = shop.decide(a_trigger())
    with shop.transaction() as uow:
        kept = DecisionRepository(uow.session, HERE).by_id({decision.id})[decision.id]
    assert kept.channels == decision.channels
    return kept


def prefer(shop: Shop, channel: str) -> None:
    with shop.transaction() as uow:
        attributes = AttributeRepository(uow.session, HERE)
        attributes.declare(Attribute("preferred_channel", AttributeType.TEXT))
        attributes.say({ANN: {"preferred_channel": channel}}, at=NOON)


def test_without_a_contact_there_is_only_the_backend(database: Database) -> None:
    decision = decided(reached(database))

    assert decision.channel is ReadingChannel.PUSH
    assert "by push message: " in explain(decision, {})


def test_what_the_shopper_asked_for_is_used_and_said(database: Database) -> None:
    shop = reached(database, EMAIL, SMS)
    prefer(shop, "sms")

    decision = decided(shop)
    (sent,) = claim(shop)

    assert decision.channel is ReadingChannel.SMS
    assert (sent.endpoint, sent.address) == ("sms", ADDRESSES[SMS])
    assert explain(decision, {}).endswith("It goes by text message: the shopper asked for it.")
    assert "el cliente lo pidió" in explain(decision, {}, "es")
    assert "покупатель просил о нём" in explain(decision, {}, "ru")


def test_what_is_opened_most_is_used(database: Database) -> None:
    shop = reached(database, EMAIL)
    with shop.transaction() as uow:
        notes = [a_notification(f"d-{n}", shopper=ANN, channel="email") for n in range(20)]
        OutboxRepository(uow.session, HERE).add(notes)
        uow.session.connection().exec_driver_sql("UPDATE notification SET delivered_at_ms = 1")
        uow.session.connection().exec_driver_sql("UPDATE delivery SET state = 'delivered'")
        for one in notes[:15]:
            NotificationRepository(uow.session, HERE).open(one.id, names=[ANN], at=NOON)

    decision = decided(shop)

    assert decision.channel is ReadingChannel.EMAIL
    assert "an estimated 56 of 100 messages" in explain(decision, {})


def test_without_consent_to_a_profile_opens_and_wishes_are_not_looked_at(
    database: Database,
) -> None:
    from store_server.shoppers.consent import Purpose  # noqa: PLC0415 - here alone

    shop = reached(database, EMAIL, SMS)
    prefer(shop, "sms")
    shop.withdraw("ann", Purpose.PROFILE)

    assert decided(shop).channel is ReadingChannel.PUSH


def test_a_campaign_is_told_only_by_its_channels(database: Database) -> None:
    named = replace(OFTEN, limits=CampaignLimits(channels=frozenset({ReadingChannel.EMAIL})))
    shop = reached(database, EMAIL, campaigns=[named])

    decision = decided(shop)

    assert decision.channel is ReadingChannel.EMAIL
    assert "used up or not allowed" in explain(decision, {})


def test_where_no_channel_of_the_campaign_reaches_the_shopper_nothing_is_said(
    database: Database,
) -> None:
    named = replace(OFTEN, limits=CampaignLimits(channels=frozenset({ReadingChannel.SMS})))

    decision = decided(reached(database, EMAIL, campaigns=[named]))

    assert (decision.outcome, decision.reasons) == ("nothing", ("channel_not_allowed",))


def test_a_channel_whose_cap_is_used_up_gives_way_to_the_next(database: Database) -> None:
    shop = reached(database, EMAIL)
    shop.rooms.policy = replace(shop.rooms.policy, channel_caps={"push": 0})

    assert decided(shop).channel is ReadingChannel.EMAIL


def test_a_channel_that_the_shopper_refuses_is_none(database: Database) -> None:
    shop = reached(database, EMAIL)
    with shop.transaction() as uow:
        set_exclusions(uow, shop.rooms, now=NOON, shopper=ANN, excluded=["channel:push"])

    decision = decided(shop)

    assert [one.channel for one in decision.channels if one.channel != "kiosk"] == ["email"]
    assert decision.channel is ReadingChannel.EMAIL


def test_a_screen_shows_only_what_names_it(database: Database) -> None:
    named = replace(OFTEN, limits=CampaignLimits(channels=frozenset({ReadingChannel.KIOSK})))
    shop = reached(database, campaigns=[named])

    decision = decided(shop)
    (sent,) = claim(shop)

    assert decision.channel is ReadingChannel.KIOSK
    assert (sent.endpoint, sent.address) == ("kiosk", "bakery-1")
    assert timedelta(seconds=sent.lives_s) > timedelta()
