"""The words of an offer for one shopper: which creative, filled with what, said how.

Attributes of the profile are used only with the shopper's consent to `profile`; without it they
are not there, and the text must do without (`default`).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from store_server.database import UnitOfWork
from store_server.decisions.decision import Decision
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId, ZoneId
from store_server.offers.banned_words import banned_words
from store_server.offers.channel import ReadingChannel
from store_server.offers.creative import Creative, Wording
from store_server.offers.liquid_text import Value
from store_server.offers.offer import Offer
from store_server.outbox.channel_setup import SCREEN, WAYS
from store_server.outbox.notification import Channel, Notification, compose
from store_server.shoppers.attributes import AttributeValue
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import AttributeRepository, ConsentRepository

# The retailer's backend pushes what the webhook brings; a pull is read where it was asked for.
READ_IN: dict[Channel, ReadingChannel] = {
    "webhook": ReadingChannel.PUSH,
    "pull": ReadingChannel.APP,
    "email": ReadingChannel.EMAIL,
    "sms": ReadingChannel.SMS,
    "web": ReadingChannel.WEB,
    "kiosk": ReadingChannel.KIOSK,
}
# By what a message leaves that is read there; what is missing is not sent.
SENT_BY: dict[ReadingChannel, Channel] = {reading: way for way, reading in READ_IN.items()}


# A decision, its coupon's code for reading, and until when it is worth telling.
ToSay = tuple[Decision, str | None, datetime]


class Words:
    """Words for offered decisions; what texts ask of shoppers is looked up once for all."""

    def __init__(
        self,
        uow: UnitOfWork[StoreLive],
        rooms: StoreRooms,
        *,
        now: datetime,
        channel: Channel,
    ) -> None:
        self._uow, self._rooms, self._now = uow, rooms, now
        self._channel = channel
        self._banned = banned_words(rooms.policy.banned_words)

    def of(self, wanted: Sequence[ToSay]) -> list[Notification]:
        """The notification about each, in the language that it was decided for.

        Raises:
            ValueError: one offered nothing, or its offer has lost its text in that language since.
        """
        found = [(*one, *self._creative(one[0])) for one in wanted]
        asking = {
            decision.shopper
            for decision, _, _, _, creative in found
            if creative.wording is Wording.LIQUID
        }
        known = (
            attributes_for(self._uow, self._rooms, now=self._now, shoppers=asking) if asking else {}
        )
        return [
            compose(
                decision,
                offer,
                creative,
                code=code,
                expires_at=expires_at,
                currency=self._rooms.policy.currency,
                zone_name=zone_name(self._uow.live, decision.zone),
                channel=self._way_of(decision),
                reading=READ_IN[self._way_of(decision)],
                # Everybody reads a screen: nothing of the shopper stands there.
                shopper={} if self._way_of(decision) == SCREEN else known.get(decision.shopper, {}),
                banned=self._banned,
            )
            for decision, code, expires_at, offer, creative in found
        ]

    def _way_of(self, decision: Decision) -> Channel:
        """By what the decision's channel is sent; what is read in the app lies in the inbox."""
        if self._channel == "pull":
            return "pull"
        way = SENT_BY.get(decision.channel, self._channel)
        off = way in WAYS and way not in self._rooms.channels.limits
        return self._channel if off else way

    def _creative(self, decision: Decision) -> tuple[Offer, Creative]:
        if decision.offer is None:
            raise ValueError(f"decision {decision.id} offered nothing; there is nothing to tell")
        offer = _as_decided(self._uow.live.catalogue.offers[decision.offer], decision)
        reading = READ_IN[self._way_of(decision)]
        creative = offer.creative_in(decision.language, reading, decision.creative)
        if creative is None:
            raise ValueError(f"offer {offer.id} has no creative in {decision.language}")
        return offer, creative


def moment_ends_at(decision: Decision, uow: UnitOfWork[StoreLive], rooms: StoreRooms) -> datetime:
    """Until when it is worth telling: after that the shopper has left the shelf behind."""
    campaign = uow.live.catalogue.campaigns.get(decision.campaign) if decision.campaign else None
    moment_s = campaign.moment_s if campaign is not None else None
    return decision.at + timedelta(seconds=moment_s or rooms.policy.notification_ttl_s)


def attributes_for(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shoppers: Collection[ShopperId],
) -> dict[ShopperId, dict[str, Value]]:
    """What a text may say of each of these shoppers; nobody who does not agree to `profile`."""
    agreed = ConsentRepository(uow.session, rooms.scope).allowed_among(
        shoppers, Purpose.PROFILE, at=now
    )
    found = AttributeRepository(uow.session, rooms.scope).of(agreed)
    return {
        ShopperId(shopper): {name: _readable(value) for name, value in values.items()}
        for shopper, values in found.items()
    }


def zone_name(live: StoreLive, zone: ZoneId | None) -> str:
    """The name of the zone for reading; "" when there is none."""
    found = live.plan.zone(zone) if zone is not None else None
    return found.name if found is not None else ""


def _as_decided(offer: Offer, decision: Decision) -> Offer:
    """The offer with the discount of the decision: personal where the offer has bounds.

    It takes off no more than the price by now: an edit must not make the words impossible.
    """
    face_value_minor = decision.face_value_minor
    if face_value_minor is None or face_value_minor == offer.face_value_minor:
        return offer
    return replace(offer, face_value_minor=min(face_value_minor, offer.price_minor))


def _readable(value: AttributeValue) -> Value:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        # Numbers are kept as doubles; "41.0 points" is no text.
        return int(value)
    return value
