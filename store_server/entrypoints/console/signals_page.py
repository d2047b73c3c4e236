"""The signals page: each fixed beacon as each gateway hears it now, and a recording of it.

Works without script: a reload shows the newest. Of people's devices there are counts only.
"""

import asyncio
from datetime import datetime
from gettext import NullTranslations
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from store_server.entrypoints.console.fleet_view import ago
from store_server.entrypoints.console.languages import words_of
from store_server.entrypoints.console.visit import PageRoute, Visitor
from store_server.entrypoints.http_auth import Context
from store_server.fleet.signal_recording import recording_of
from store_server.fleet.signal_ring import Heard
from store_server.flows.show_signals import SignalAsk, show_signals, signals_to_record

router = APIRouter(route_class=PageRoute)

HERE = "/store/signals"
ROWS = 100
LONGEST = 64
# Between a beacon and a gateway in an address; a gateway's name has none.
BETWEEN = "~"


def ask_of(gateway: str = "", kind: str = "", text: str = "") -> SignalAsk:
    """What an address asks for; too long a word finds nothing anyway."""
    return SignalAsk(gateway[:LONGEST], kind[:LONGEST], text.strip()[:LONGEST])


Asked = Annotated[SignalAsk, Depends(ask_of)]


@router.get("/store/signals")
async def show_signals_page(
    visit: Visitor, context: Context, ask: Asked, after: str = ""
) -> Response:
    """What is heard now."""
    beacon, _, gateway = after.rpartition(BETWEEN)
    board = await context.read(
        show_signals, ask=ask, limit=ROWS, after=(beacon, gateway) if beacon else None
    )
    words = words_of(visit.language)
    last = board.lines[-1] if board.more else None
    return visit.page(
        "signals.html",
        board=board,
        rows=[(one, _age(one.last_at, at=board.at, words=words)) for one in board.lines],
        ask=ask,
        gateways=_options(board.gateways, words=words),
        kinds=_options(board.kinds, words=words),
        same=_address(ask),
        recording=_address(ask, at=f"{HERE}/recording"),
        following=_address(ask, after=f"{last.beacon}{BETWEEN}{last.gateway}") if last else None,
        first=_address(ask) if beacon else None,
    )


@router.get("/store/signals/recording")
async def save_recording(
    visit: Visitor,  # noqa: ARG001 - asks for the right
    context: Context,
    ask: Asked,
) -> Response:
    """The last minute of what is shown, as `edge-agent replay` reads it."""
    heard = await context.read(signals_to_record, ask=ask)
    text = await asyncio.to_thread(_written, heard)
    headers = {"content-disposition": 'attachment; filename="signals.jsonl"'}
    return Response(text, headers=headers, media_type="application/x-ndjson")


def _written(heard: Heard) -> str:
    return "".join(recording_of(heard))


def _age(then: datetime, *, at: datetime, words: NullTranslations) -> str:
    """How long ago; to the second within a minute."""
    seconds = max(0, int((at - then).total_seconds()))
    if seconds < 60:
        return words.gettext("%(num)s s ago") % {"num": seconds}
    return ago(then, at=at, words=words)


def _options(names: tuple[str, ...], *, words: NullTranslations) -> list[tuple[str, str]]:
    return [("", words.gettext("All")), *((name, name) for name in names)]


def _address(ask: SignalAsk, *, at: str = HERE, after: str = "") -> str:
    pairs = {"gateway": ask.gateway, "kind": ask.kind, "text": ask.text, "after": after}
    query = urlencode({name: value for name, value in pairs.items() if value})
    return f"{at}?{query}" if query else at
