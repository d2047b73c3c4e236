"""The WebSocket `/live/socket`: who may open it, and the two loops of one connection.

It checks origin and session itself: a browser sends cookies along with a WebSocket that another
site opens, and no same-origin policy stops that.
"""

import asyncio

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from store_server.entrypoints.console.languages import wanted
from store_server.entrypoints.console.live_audience import LiveAudience, Watcher
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import (
    context_of,
    manager_of,
    require_right,
    same_origin,
)
from store_server.errors import NotAllowed, NotAuthenticated

# Private close codes: the page goes to the login on the first, and connects again on the second.
CLOSE_NO_SESSION = 4401
CLOSE_TOO_SLOW = 4408
CLOSE_FOREIGN = 4403
CLOSE_TALKATIVE = 1008
SESSION_CHECK_S = 15.0


router = APIRouter()


@router.websocket("/live/socket")
async def watch_live(socket: WebSocket) -> None:
    """Dots as bytes, numbers as text, until either side ends."""
    context = context_of(socket)
    audience: LiveAudience = socket.app.state.audience
    if not same_origin(socket, context):
        await _refuse(socket, CLOSE_FOREIGN)
        return
    try:
        caller = await manager_of(socket, context)
        require_right(socket, caller)
    except NotAuthenticated:
        await _refuse(socket, CLOSE_NO_SESSION)
        return
    except NotAllowed:
        await _refuse(socket, CLOSE_FOREIGN)
        return
    await socket.accept()
    watcher = audience.join(wanted(socket.query_params.get("language"), ""))
    try:
        await _serve(socket, watcher, context)
    finally:
        audience.leave(watcher)


async def _refuse(socket: WebSocket, code: int) -> None:
    """Accept and close: before it is accepted, a close is a plain 403 without a code."""
    await socket.accept()
    await socket.close(code)


async def _serve(socket: WebSocket, watcher: Watcher, context: ServerContext) -> None:
    """Send until either side ends; the first loop to end tells with which code."""
    loops = [
        asyncio.create_task(_send(socket, watcher)),
        asyncio.create_task(_listen(socket)),
        asyncio.create_task(_watch_session(socket, context)),
    ]
    done, running = await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
    for loop in running:
        loop.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    codes = [loop.result() for loop in done if loop.exception() is None]
    code = next((code for code in codes if code is not None), None)
    if code is not None:
        await socket.close(code)


async def _send(socket: WebSocket, watcher: Watcher) -> int | None:
    try:
        while (frame := await watcher.frames.get()) is not None:
            if isinstance(frame, bytes):
                await socket.send_bytes(frame)
            else:
                await socket.send_text(frame)
    except WebSocketDisconnect:
        return None
    return CLOSE_TOO_SLOW


async def _listen(socket: WebSocket) -> int | None:
    """The page says nothing; this notices that it went, or that something else is talking."""
    message = await socket.receive()
    return None if message["type"] == "websocket.disconnect" else CLOSE_TALKATIVE


async def _watch_session(socket: WebSocket, context: ServerContext) -> int:
    """Ends when the session is over or was ended elsewhere, or the role lost its right."""
    while True:
        await asyncio.sleep(SESSION_CHECK_S)
        try:
            require_right(socket, await manager_of(socket, context))
        except NotAuthenticated:
            return CLOSE_NO_SESSION
        except NotAllowed:
            return CLOSE_FOREIGN
