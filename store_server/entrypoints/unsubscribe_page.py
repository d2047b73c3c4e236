"""The page behind the link in an e-mail: no login, no script, no cookie; one button.

GET shows the page and changes nothing, because mail scanners follow links. POST withdraws, whether
a person pressed the button or a mail program did (RFC 8058, `List-Unsubscribe=One-Click`).
"""

from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from store_server.entrypoints.http_auth import Context
from store_server.errors import NotFound
from store_server.flows.unsubscribe import Leaving, show_leaving, unsubscribe
from store_server.writer import Priority

router = APIRouter(prefix="/v1/unsubscribe")

# title, question, button, done, gone
_WORDS: dict[str, tuple[str, str, str, str, str]] = {
    "en": (
        "Messages from the shop",
        "Do you want to get no more offers by {channel}?",
        "Get no more",
        "Done: you will get no more offers by {channel}.",
        "This link is not valid, or not any more.",
    ),
    "es": (
        "Mensajes de la tienda",
        "¿No quiere recibir más ofertas por {channel}?",
        "No recibir más",
        "Hecho: no recibirá más ofertas por {channel}.",
        "Este enlace no es válido, o ya no lo es.",
    ),
    "ru": (
        "Сообщения магазина",
        "Больше не получать предложения ({channel})?",
        "Больше не получать",
        "Готово: предложения больше не придут ({channel}).",
        "Эта ссылка недействительна.",
    ),
}
_CHANNELS: dict[str, dict[str, str]] = {
    "en": {"email": "e-mail", "sms": "text message", "web": "browser message"},
    "es": {"email": "correo electrónico", "sms": "SMS", "web": "aviso del navegador"},
    "ru": {"email": "по электронной почте", "sms": "по SMS", "web": "в браузере"},
}
_HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex"}


@router.get("/{token}", include_in_schema=False)
async def show_unsubscribe_page(token: str, context: Context, request: Request) -> HTMLResponse:
    """The question, or that it is settled."""
    try:
        leaving = await context.read(show_leaving, token=token)
    except NotFound:
        return _gone(request)
    return _page(leaving)


@router.post("/{token}", include_in_schema=False)
async def post_unsubscribe(token: str, context: Context, request: Request) -> HTMLResponse:
    """Withdraw the consent to the link's channel; again changes nothing."""
    try:
        leaving = await context.write(Priority.APP, unsubscribe, token=token)
    except NotFound:
        return _gone(request)
    return _page(leaving)


def _page(leaving: Leaving) -> HTMLResponse:
    language = leaving.language.partition("-")[0]
    language = language if language in _WORDS else "en"
    title, question, button, done, _ = _WORDS[language]
    channel = _CHANNELS[language][leaving.channel.value]
    if leaving.agreed:
        text = f"<p>{escape(question.format(channel=channel))}</p>"
        text += f'<form method="post"><button>{escape(button)}</button></form>'
    else:
        text = f"<p>{escape(done.format(channel=channel))}</p>"
    return HTMLResponse(_html(language, title, text), headers=_HEADERS)


def _gone(request: Request) -> HTMLResponse:
    asked = request.headers.get("accept-language", "")[:2].lower()
    language = asked if asked in _WORDS else "en"
    title, *_, gone = _WORDS[language]
    return HTMLResponse(
        _html(language, title, f"<p>{escape(gone)}</p>"), status_code=404, headers=_HEADERS
    )


def _html(language: str, title: str, text: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title></head><body><main><h1>{escape(title)}</h1>{text}"
        "</main></body></html>"
    )
