"""A notification as an e-mail: both forms of the text, and the headers that let a shopper go.

`List-Unsubscribe` and `List-Unsubscribe-Post` make the mail program show a button that withdraws
the consent with one POST, no login. They only count where the mail is signed with DKIM, which is
the relay's work. `Message-ID` is made of the notification's id: the same at every try.

Source: RFC 8058 (one-click unsubscribe), RFC 3834 (Auto-Submitted), RFC 5322.
"""

import html
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from store_server.outbox.attempt import Claim
from store_server.outbox.channels.message import Message

# What every language says below the offer: coupon, end, and how to get no more of this.
_WORDS = {
    "en": (
        "Your code: {code}",
        "Valid until {until} (UTC).",
        "You get this because you agreed to offers by e-mail.",
        "Get no more of these",
    ),
    "es": (
        "Su código: {code}",
        "Válido hasta {until} (UTC).",
        "Recibe este mensaje porque aceptó ofertas por correo electrónico.",
        "No recibir más",
    ),
    "ru": (
        "Ваш код: {code}",
        "Действует до {until} (UTC).",
        "Вы получили это письмо, потому что согласились получать предложения по электронной почте.",
        "Больше не получать",
    ),
}
_TAG = re.compile(r"<(?:br\s*/?|/p|/div|/li)\s*>", re.I)
_ANY_TAG = re.compile(r"<[^<>]{0,500}>")


def mail_of(
    claim: Claim, message: Message, *, sender: str, sender_name: str, at: datetime
) -> EmailMessage:
    """The e-mail.

    Args:
        claim: to whom, under which id, with the page to unsubscribe.
        message: the words; the body may hold HTML, its values were escaped when it was filled.
        sender: address that it comes from.
        sender_name: name beside it.
        at: when this try is made.
    """
    mail = EmailMessage()
    mail["From"] = Address(sender_name, addr_spec=sender)
    mail["To"] = Address(addr_spec=claim.address)
    mail["Subject"] = " ".join(_plain(message.title).split())
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{claim.notification}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = claim.language
    if claim.unsubscribe_url:
        mail["List-Unsubscribe"] = f"<{claim.unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(_text_form(claim, message))
    mail.add_alternative(_html_form(claim, message), subtype="html")
    return mail


def _lines(claim: Claim, message: Message) -> tuple[list[str], str, str]:
    """What stands below the words; why it came; the words of the link."""
    code, until, why, stop = _WORDS.get(claim.language.partition("-")[0], _WORDS["en"])
    shown = [code.format(code=message.coupon_code)] if message.coupon_code else []
    shown.append(until.format(until=f"{message.expires_at:%Y-%m-%d %H:%M}"))
    return shown, why, stop


def _text_form(claim: Claim, message: Message) -> str:
    shown, why, stop = _lines(claim, message)
    end = [why, f"{stop}: {claim.unsubscribe_url}"] if claim.unsubscribe_url else [why]
    return "\n".join([_plain(message.body), "", *shown, "", "-- ", *end, ""])


def _html_form(claim: Claim, message: Message) -> str:
    shown, why, stop = _lines(claim, message)
    below = "".join(f"<p><strong>{html.escape(one)}</strong></p>" for one in shown)
    link = f' <a href="{html.escape(claim.unsubscribe_url)}">{stop}</a>'
    return (
        f'<!doctype html><html lang="{html.escape(claim.language)}"><body>'
        f"<h1>{message.title}</h1><p>{message.body}</p>{below}"
        f"<hr><p><small>{html.escape(why)}{link if claim.unsubscribe_url else ''}</small></p>"
        "</body></html>"
    )


def _plain(text: str) -> str:
    """HTML as plain text."""
    return html.unescape(_ANY_TAG.sub("", _TAG.sub("\n", text))).strip()
