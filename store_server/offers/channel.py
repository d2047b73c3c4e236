"""Where words are read, how long they may be there, and what a value must not do to them.

A creative is chosen by language and, where one is written for it, by channel. Limits are of the
text as it is read, after its placeholders are filled.
"""

import html
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

# A name or product longer than this is no name; it also bounds what values add to a text.
VALUE_LIMIT = 60


class ReadingChannel(StrEnum):
    """Where a shopper (or, for `staff`, a clerk) reads it."""

    PUSH = "push"
    APP = "app"
    SMS = "sms"
    EMAIL = "email"
    WEB = "web"
    KIOSK = "kiosk"
    RECEIPT = "receipt"
    STAFF = "staff"


# Those by which an offer is sent; the app asks, a receipt is printed, staff get alerts.
SENT_CHANNELS = frozenset(
    {
        ReadingChannel.PUSH,
        ReadingChannel.EMAIL,
        ReadingChannel.SMS,
        ReadingChannel.WEB,
        ReadingChannel.KIOSK,
    }
)


@dataclass(frozen=True, slots=True)
class ChannelForm:
    """What a channel can show; lengths in characters. `markup`: values are escaped for HTML."""

    title_limit: int
    body_limit: int
    markup: bool = False


# Push: what a lock screen shows, the phone cuts more. SMS: two parts of UCS-2, title and body in
# one (3GPP TS 23.038, 67 characters each part, less the separator). E-mail: RFC 5322 section
# 2.1.1, 78 characters of a subject. Receipt: 48 columns of 80 mm paper, four lines of body.
FORMS: dict[ReadingChannel, ChannelForm] = {
    ReadingChannel.PUSH: ChannelForm(80, 400),
    ReadingChannel.APP: ChannelForm(80, 400),
    ReadingChannel.SMS: ChannelForm(33, 100),
    ReadingChannel.EMAIL: ChannelForm(78, 2000, markup=True),
    ReadingChannel.WEB: ChannelForm(80, 400),
    ReadingChannel.KIOSK: ChannelForm(60, 200),
    ReadingChannel.RECEIPT: ChannelForm(48, 192),
    ReadingChannel.STAFF: ChannelForm(80, 400),
}


def clean_value(value: str, *, markup: bool = False) -> str:
    """A value fit to stand in a text: capped at VALUE_LIMIT, without control or format characters.

    A right-to-left override turns a price around; a line feed forges a second line.

    Args:
        value: from a profile or the catalogue.
        markup: whether the text is HTML; then `& < > " '` are escaped, after the cap.

    Example:
        >>> clean_value("Tom <b>&", markup=True)
        'Tom &lt;b&gt;&amp;'
    """
    # What lies far beyond the cap is not even looked at.
    head = value[: 4 * VALUE_LIMIT]
    kept = "".join(c for c in head if unicodedata.category(c)[0] != "C")[:VALUE_LIMIT]
    return html.escape(kept) if markup else kept
