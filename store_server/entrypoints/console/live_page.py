"""The live page, and the picture under its plan."""

import asyncio
import base64

from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.entrypoints.console.assets import packed
from store_server.entrypoints.console.dot_frame import still_dots
from store_server.entrypoints.console.live_audience import LiveAudience
from store_server.entrypoints.console.plan_drawing import draw
from store_server.entrypoints.console.visit import PageRoute, Visitor
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context, manager_of, require_right
from store_server.entrypoints.live_past import MINUTES, dwell_of, heat_of
from store_server.errors import NotFound
from store_server.flows.draft_plan import show_plan_draft
from store_server.shop.plan_image import MEDIA_TYPES as PICTURE_TYPES
from store_server.shop.plan_image import is_picture_name

router = APIRouter(route_class=PageRoute)
pictures = APIRouter()

# A look back is at so many minutes: one alone is mostly empty.
SPAN = 5
FOR_AN_HOUR = "private, max-age=3600"


def audience_of(request: Request) -> LiveAudience:
    """Those who watch the live page of this application."""
    audience = request.app.state.audience
    assert isinstance(audience, LiveAudience)
    return audience


@router.get("/live")
async def show_live_page(
    visit: Visitor, request: Request, context: Context, view: str = "", ago: str = "0"
) -> Response:
    """The live store; or, as heat, five minutes of its last hour or all of it."""
    plan, now = context.rooms.live.plan, context.rooms.now(context.rooms.live)
    minutes_ago = min(int(ago), MINUTES - 1) if ago.isascii() and ago.isdigit() else 0
    heat = view == "heat"
    hour = context.past.since(now, minutes_ago=0)
    past = context.past.since(now, minutes_ago=minutes_ago, span=SPAN) if minutes_ago else hour
    audience = audience_of(request)
    drawing = draw(plan)
    board, dots = await audience.board(visit.language), audience.dots()
    page = visit.page(
        "live.html",
        board=board,
        dots=base64.b64encode(dots).decode(),
        still=() if heat else still_dots(dots, height_cm=drawing.height_cm),
        plan=drawing,
        heat=heat_of(past, height_m=plan.height_m) if heat else (),
        as_heat=heat,
        ago=minutes_ago,
        dwell=dwell_of(past if heat else hour),
    )
    return packed(page, request)


@pictures.get("/plan/{name}")
async def get_plan_image(name: str, request: Request, context: Context) -> Response:
    """The picture under the plan, for users of the console; no other file of the plan folder."""
    require_right(request, await manager_of(request, context))
    image = context.rooms.live.plan.image
    if (image is None or name != image.name) and not await _is_drafted(context, name):
        raise NotFound("there is no such picture", code="unknown_file")
    path = context.settings.state_dir / "plans" / name
    try:
        content = await asyncio.to_thread(path.read_bytes)
    except OSError:
        raise NotFound("the picture is not in the plan folder", code="unknown_file") from None
    headers = {"cache-control": FOR_AN_HOUR, "content-security-policy": "sandbox"}
    media_type = PICTURE_TYPES[name.rsplit(".", maxsplit=1)[-1]]
    return Response(content, media_type=media_type, headers=headers)


async def _is_drafted(context: ServerContext, name: str) -> bool:
    """Whether the plan that is being drawn has this picture; a name is one of ours or none."""
    if not is_picture_name(name):
        return False
    return f'"{name}"' in (await context.read(show_plan_draft)).text
