"""Flow (read): a campaign's message as a test, for one of the store's own people.

It goes by a real adapter, marked as a test, and that is all: no decision, no coupon, nothing kept,
so no cap, budget or result knows of it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from store_server.database import UnitOfWork
from store_server.errors import NotFound, Unprocessable
from store_server.flows.deliver_notifications import prepare_test
from store_server.flows.offer_words import SENT_BY, zone_name
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import CampaignId, ShopperId
from store_server.offers.banned_words import banned_words
from store_server.offers.campaign import Campaign
from store_server.offers.channel import FORMS, ReadingChannel
from store_server.offers.creative import Creative, say
from store_server.offers.offer import Offer
from store_server.outbox.attempt import Claim
from store_server.outbox.channel_setup import SCREEN
from store_server.outbox.notification import offer_test_body, offer_values
from store_server.shoppers.contact import ContactChannel, read_address

LIVES = timedelta(minutes=5)
TYPED = ("email", "sms")


def prepare_test_message(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    now_system_ms: int,
    campaign_id: str,
    language: str,
    to: tuple[str, str],
    test_id: str,
) -> Claim:
    """What a try sends, with the words of the first offer that speaks the language.

    Args:
        uow: the read transaction.
        rooms: the store.
        now: of the clock that rules decisions.
        now_system_ms: of the machine's clock, for the secrets of an endpoint.
        campaign_id: whose message.
        language: in which language.
        to: the way (email, sms, kiosk, or the id of a webhook endpoint) and the address there,
            which only e-mail and text messages need.
        test_id: the name of this test, as the receiver sees it.

    Raises:
        NotFound: there is no such campaign, endpoint or channel.
        Unprocessable: the address is none, or no offer speaks the language.
    """
    campaign = uow.live.catalogue.campaigns.get(CampaignId(campaign_id))
    if campaign is None:
        raise NotFound(f"there is no campaign {campaign_id[:64]!r}", code="unknown_campaign")
    way, address = to
    reading = next((one for one, by in SENT_BY.items() if by == way), ReadingChannel.PUSH)
    offers = (uow.live.catalogue.offers[name] for name in campaign.offers)
    offer, creative = _spoken(offers, language=language, reading=reading)
    zone = zone_name(uow.live, campaign.trigger.zone)
    words = say(
        creative,
        offer_values(offer, rooms.policy.currency, zone),
        shopper={},
        form=FORMS[reading],
        banned=banned_words(rooms.policy.banned_words),
    )
    claim = _claim(uow, rooms, now=now, now_system_ms=now_system_ms, to=to, test_id=test_id)
    if way == SCREEN:
        claim = replace(claim, address=_screen(rooms, campaign))
    elif way in TYPED:
        claim = replace(claim, address=read_address(ContactChannel(way), address))
    body = offer_test_body(
        test_id,
        offer,
        rooms.scope,
        words=(words.title, words.body),
        where=(campaign.id, campaign.trigger.zone),
        span=(now, now + LIVES),
    )
    return replace(claim, body=body)


def _spoken(
    offers: Iterable[Offer], *, language: str, reading: ReadingChannel
) -> tuple[Offer, Creative]:
    for offer in offers:
        creative = offer.creative_in(language, reading)
        if creative is not None:
            return offer, creative
    raise Unprocessable(f"no offer of the campaign speaks {language!r}", code="no_creative")


def _claim(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    now_system_ms: int,
    to: tuple[str, str],
    test_id: str,
) -> Claim:
    way, address = to
    if way in (*TYPED, SCREEN):
        if way not in rooms.channels.limits:
            raise NotFound(f"channel {way} is not set up on this server", code="channel_off")
        return Claim(
            notification=test_id,
            endpoint=way,
            address=address,
            secrets=(),
            body="",
            number=1,
            shopper=ShopperId(""),
            expires_at=now + LIVES,
        )
    return prepare_test(
        uow, rooms, now=now, now_system_ms=now_system_ms, endpoint=way, test_id=test_id
    )


def _screen(rooms: StoreRooms, campaign: Campaign) -> str:
    """The screen of the campaign's zone, else the first there is."""
    screens = rooms.channels.screens
    zone = str(campaign.trigger.zone)
    found = screens.get(zone) or next(iter(screens.values()), None)
    if found is None:
        raise NotFound("no screen hangs anywhere; see [screens] zones", code="channel_off")
    return found
