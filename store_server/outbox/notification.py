"""What is sent to a shopper about one decision, and the state of its way to one endpoint.

A notification is the content; its id is its `webhook-id` at every try. A delivery is the way of
one notification to one endpoint:

    queued --claim--> sending --settle--> delivered
       ^                 |--------------> queued again, later (retry)
       |                 |--------------> dead       (nobody will take it: given up)
       +--lease over-----+
    queued, sending --------------------> expired    (its moment is over)
    queued ------------------------------> suppressed (must not be sent any more)
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Literal

import msgspec

from store_server.decisions.decision import Decision
from store_server.ids import CampaignId, OfferId, Scope, ShopperId, ZoneId, natural_id
from store_server.offers.banned_words import NOTHING_BANNED, BannedWords
from store_server.offers.channel import FORMS, ReadingChannel
from store_server.offers.creative import Creative, say
from store_server.offers.liquid_text import Value
from store_server.offers.offer import Offer

# First in the title of every message that is only a test.
TEST_MARK = "[TEST]"

Channel = Literal["webhook", "pull", "email", "sms", "web", "kiosk"]

# ISO 4217: currencies whose minor unit is not a hundredth.
_EXPONENTS = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "VND": 0, "BHD": 3, "KWD": 3, "TND": 3}


class DeliveryState(StrEnum):
    """Where a delivery is; the last four are final."""

    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    EXPIRED = "expired"
    DEAD = "dead"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Notification:
    """What one shopper is told, until `expires_at`.

    face_value_minor: the discount as decided, in minor units; 0 for a mere message.
    personal_discount: whether it was reckoned for this shopper, which must be said.
    """

    id: str
    decision: str
    shopper: ShopperId
    channel: Channel
    offer: OfferId
    campaign: CampaignId
    zone: ZoneId | None
    title: str
    body: str
    coupon_code: str | None
    face_value_minor: int
    personal_discount: bool
    trigger_at: datetime
    created_at: datetime
    expires_at: datetime


def notification_id(decision: str) -> str:
    """The name of the notification about this decision: there is at most one."""
    return natural_id("notification", decision)


def compose(
    decision: Decision,
    offer: Offer,
    creative: Creative,
    *,
    code: str | None,
    expires_at: datetime,
    currency: str = "",
    zone_name: str = "",
    channel: Channel = "webhook",
    reading: ReadingChannel = ReadingChannel.PUSH,
    shopper: Mapping[str, Value] | None = None,
    banned: BannedWords = NOTHING_BANNED,
) -> Notification:
    """The notification about an offered decision, with the placeholders of its creative filled.

    Args:
        decision: what was offered to whom.
        offer: what it promises, with the discount of the decision.
        creative: the words, in the shopper's language.
        code: the coupon's code, grouped for reading; None when the offer has no coupon.
        expires_at: after this instant it is dropped, not sent late.
        currency: ISO 4217 code of the store, shown after the value; "" shows the number only.
        zone_name: what {zone} becomes.
        channel: "webhook" goes to the retailer's backend; "pull" was handed out in the answer of
            the app's own request and is only recorded.
        reading: where it is read, which limits its length.
        shopper: attributes that a Liquid text may name.
        banned: what must not be said; then the bare promise is.

    Raises:
        ValueError: the decision offered nothing.
    """
    if decision.offer is None or decision.campaign is None:
        raise ValueError(f"decision {decision.id} offered nothing; there is nothing to tell")
    words = say(
        creative,
        offer_values(offer, currency, zone_name),
        shopper=shopper,
        form=FORMS[reading],
        banned=banned,
    )
    return Notification(
        id=notification_id(decision.id),
        decision=decision.id,
        shopper=decision.shopper,
        channel=channel,
        offer=decision.offer,
        campaign=decision.campaign,
        zone=decision.zone,
        title=words.title,
        body=words.body,
        coupon_code=code,
        face_value_minor=offer.face_value_minor,
        personal_discount=offer.terms.discount is not None,
        trigger_at=decision.at,
        created_at=decision.at,
        expires_at=expires_at,
    )


def offer_values(offer: Offer, currency: str, zone_name: str) -> dict[str, str]:
    """What {offer}, {value} and {zone} become."""
    value = money_text(offer.face_value_minor, currency)
    return {"offer": offer.name, "value": value, "zone": zone_name}


def money_text(amount_minor: int, currency: str) -> str:
    """An amount for reading, in a form that every language takes.

    Example:
        >>> money_text(150, "EUR"), money_text(150, "JPY")
        ('1.50 EUR', '150 JPY')
    """
    exponent = _EXPONENTS.get(currency, 2)
    whole, rest = divmod(amount_minor, 10**exponent)
    number = f"{whole}.{rest:0{exponent}d}" if exponent else str(whole)
    return f"{number} {currency}".strip()


def webhook_body(notification: Notification, scope: Scope) -> str:
    """The JSON that is kept, and posted in full; made once, and the same at every try."""
    data = {
        "notification_id": notification.id,
        "decision_id": notification.decision,
        "shopper_id": notification.shopper,
        "offer_id": notification.offer,
        "campaign_id": notification.campaign,
        "org": scope.org,
        "store": scope.store,
        "zone": notification.zone,
        "title": notification.title,
        "body": notification.body,
        "coupon_code": notification.coupon_code,
        "face_value_minor": notification.face_value_minor,
        "personal_discount": notification.personal_discount,
        "expires_at": rfc3339(notification.expires_at),
        "trigger_at": rfc3339(notification.trigger_at),
    }
    document = {
        "type": "offer.notification",
        "timestamp": rfc3339(notification.created_at),
        "data": data,
    }
    return _json(document)


# What a thin webhook carries: ids and instants; no words, no coupon, no place.
_THIN = (
    "notification_id",
    "decision_id",
    "shopper_id",
    "offer_id",
    "campaign_id",
    "org",
    "store",
    "expires_at",
    "trigger_at",
)


def thin_body(body: str) -> str:
    """The thin form of what is kept; the same at every try. Events are thin as they are."""
    document = json.loads(body)
    if document["type"] != "offer.notification":
        return body
    data = document["data"]
    return _json({**document, "data": {name: data[name] for name in _THIN if name in data}})


def endpoint_test_body(endpoint: str, scope: Scope, *, at: datetime) -> str:
    """The JSON of a test event: same envelope, names nobody."""
    data = {"endpoint_id": endpoint, "org": scope.org, "store": scope.store}
    return _json({"type": "endpoint.test", "timestamp": rfc3339(at), "data": data})


def offer_test_body(
    test_id: str,
    offer: Offer,
    scope: Scope,
    *,
    words: tuple[str, str],
    where: tuple[CampaignId, ZoneId | None],
    span: tuple[datetime, datetime],
) -> str:
    """The JSON of a campaign's message as a test: marked, without a shopper and without a coupon.

    Args:
        test_id: its id; `webhook-id` of the try.
        offer: what it promises.
        scope: the store.
        words: title and body as they are read; the title is marked here.
        where: the campaign, and the zone that it listens in.
        span: when it was made, and until when it is to be shown.
    """
    at, until = span
    data = {
        "notification_id": test_id,
        "offer_id": offer.id,
        "campaign_id": where[0],
        "org": scope.org,
        "store": scope.store,
        "zone": where[1],
        "title": f"{TEST_MARK} {words[0]}",
        "body": words[1],
        "coupon_code": None,
        "face_value_minor": offer.face_value_minor,
        "expires_at": rfc3339(until),
    }
    return _json({"type": "offer.test", "timestamp": rfc3339(at), "data": data})


@lru_cache(64)  # a round of decisions is of one instant
def rfc3339(instant: datetime) -> str:
    """The aware instant in UTC with milliseconds and Z, as the API writes it."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(document: Mapping[str, object]) -> str:
    return msgspec.json.encode(document).decode()
