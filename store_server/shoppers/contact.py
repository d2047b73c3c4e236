"""How a shopper is reached directly: an e-mail address, a phone number, a browser's subscription.

One contact for each channel; a new one takes the place of the old. It is of no use without a yes of
its own (`ChannelWord`): consent to offers says what, this says where. Words are kept as a ledger,
the last one counts, and silence is no consent.

An address is read here, in one form, and kept sealed; nothing else of it is stored.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric import ec

from store_server.errors import Unprocessable
from store_server.ids import ShopperId

CODE = "bad_contact"
MAX_ADDRESS = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets
MAX_SUBSCRIPTION_URL = 2_000

_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")  # ITU-T E.164
_BETWEEN_DIGITS = re.compile(r"[\s().-]")


class ContactChannel(StrEnum):
    """The channels that need an address of the shopper's."""

    EMAIL = "email"
    SMS = "sms"
    WEB = "web"


class ContactState(StrEnum):
    """Whether a contact is written to."""

    USABLE = "usable"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a browser's PushManager.subscribe gave."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact without its address; `hint` is what may be shown of it."""

    shopper: ShopperId
    channel: ContactChannel
    state: ContactState
    hint: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ChannelWord:
    """One word given about one channel: yes or no, by whom it was taken, on which text."""

    shopper: ShopperId
    channel: ContactChannel
    granted: bool
    at: datetime
    source: str
    text_version: str


def contact_context(org: str, shopper: str, channel: str) -> str:
    """What an address is sealed for: it opens for nobody else and in no other channel."""
    return f"contact/{org}/{shopper}/{channel}"


def allowed_now(words: Iterable[ChannelWord], at: datetime) -> frozenset[ContactChannel]:
    """Channels whose last word up to `at` is a yes, and with no later no; at one instant a no wins.

    The second matters where the event clock lags behind the shopper's: a no counts at once.
    """
    last: dict[ContactChannel, ChannelWord] = {}
    spoken: dict[ContactChannel, ChannelWord] = {}
    for one in sorted(words, key=lambda word: (word.at, not word.granted)):
        last[one.channel] = one
        if one.at <= at:
            spoken[one.channel] = one
    return frozenset(
        channel for channel, word in spoken.items() if word.granted and last[channel].granted
    )


def last_words(words: Iterable[ChannelWord]) -> dict[ContactChannel, bool]:
    """Yes or no of the last word on each channel that was spoken of; at one instant a no wins."""
    ordered = sorted(words, key=lambda word: (word.at, not word.granted))
    return {one.channel: one.granted for one in ordered}


def read_address(channel: ContactChannel, text: str) -> str:
    """The address in the one form that is kept.

    Raises:
        Unprocessable: `bad_contact`; the message does not repeat it.

    Example:
        >>> read_address(ContactChannel.SMS, "+34 600 12 34 56")
        '+34600123456'
    """
    match channel:
        case ContactChannel.EMAIL:
            return _email(text)
        case ContactChannel.SMS:
            return _phone(text)
        case ContactChannel.WEB:
            one = read_subscription(text)
            return json.dumps(
                {"endpoint": one.endpoint, "keys": {"p256dh": one.p256dh, "auth": one.auth}},
                separators=(",", ":"),
            )


def read_subscription(text: str) -> Subscription:
    """The subscription of a browser, as `PushSubscription.toJSON()` has it.

    Raises:
        Unprocessable: `bad_contact`; its keys are not those of RFC 8291.
    """
    try:
        said = json.loads(text)
        endpoint, keys = said["endpoint"], said["keys"]
        p256dh, auth = keys["p256dh"], keys["auth"]
        lengths = len(_decoded(p256dh)), len(_decoded(auth))
    except (ValueError, TypeError, KeyError, binascii.Error):
        raise _bad("a subscription", "endpoint and keys p256dh and auth in base64url") from None
    if lengths != (65, 16) or not _is_point(_decoded(p256dh)):
        expected = "p256dh of 65 bytes, an uncompressed point of P-256, and auth of 16"
        raise _bad("a subscription", expected)
    if not isinstance(endpoint, str) or not 0 < len(endpoint) <= MAX_SUBSCRIPTION_URL:
        raise _bad("a subscription", f"an endpoint of at most {MAX_SUBSCRIPTION_URL} characters")
    return Subscription(endpoint, p256dh.rstrip("="), auth.rstrip("="))


def hint_of(channel: ContactChannel, address: str) -> str:
    """What may be shown of an address, to tell one from another.

    Example:
        >>> hint_of(ContactChannel.EMAIL, "ann@example.org")
        'a***@example.org'
        >>> hint_of(ContactChannel.SMS, "+34600123456")
        '+34***56'
    """
    match channel:
        case ContactChannel.EMAIL:
            name, _, host = address.rpartition("@")
            return f"{name[:1]}***@{host}"
        case ContactChannel.SMS:
            return f"{address[:3]}***{address[-2:]}"
        case ContactChannel.WEB:
            return push_service(address)


def push_service(address: str) -> str:
    """The host that takes pushes for a browser's subscription; "" where none can be read.

    Example:
        >>> push_service('{"endpoint": "https://push.example/s/1"}')
        'push.example'
    """
    try:
        endpoint = json.loads(address)["endpoint"]
        return str(endpoint).split("/")[2].rpartition("@")[2]
    except (ValueError, TypeError, LookupError):
        return ""


def _email(text: str) -> str:
    name, at, host = text.strip().rpartition("@")
    # The part before the @ is the receiver's own business, also its case.
    address = f"{name}{at}{host.lower()}"
    local_is_odd = name.startswith(".") or name.endswith(".") or ".." in name
    if len(address) > MAX_ADDRESS or local_is_odd or not _EMAIL.fullmatch(address):
        raise _bad("an e-mail address", "one like name@shop.example, without a display name")
    return address


def _phone(text: str) -> str:
    number = _BETWEEN_DIGITS.sub("", text.strip())
    if not _PHONE.fullmatch(number):
        raise _bad("a phone number", "one with its country like +34 600 123 456")
    return number


def _is_point(raw: bytes) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        return False
    return raw[0] == 4


def _decoded(text: object) -> bytes:
    if not isinstance(text, str) or len(text) > 200:
        raise ValueError("no base64url")
    bare = text.rstrip("=")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)


def _bad(what: str, expected: str) -> Unprocessable:
    return Unprocessable(f"address is not {what}; must be {expected}", code=CODE)
