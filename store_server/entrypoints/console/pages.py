"""The pages of the console, and the few files they are made of."""

import asyncio
import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from store_server.entrypoints.console.live_audience import LiveAudience
from store_server.entrypoints.console.plan_drawing import draw
from store_server.entrypoints.http_auth import Context, manager_of
from store_server.errors import NotAuthenticated, NotFound
from store_server.shop.plan_image import MEDIA_TYPES as PICTURE_TYPES

router = APIRouter()

HERE = Path(__file__).parent
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOR_AN_HOUR = "private, max-age=3600"
FOR_A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of ours; `mark` changes with its content, so that it may be cached for ever.

    `packed` is the same by gzip. Pages and answers are not packed: they may hold what somebody
    typed beside what is secret, and their length would tell (BREACH).
    """

    content: bytes
    packed: bytes
    media_type: str
    mark: str


@cache
def assets() -> Mapping[str, Asset]:
    """Every file of static/, by name."""
    return {
        path.name: Asset(
            path.read_bytes(),
            gzip.compress(path.read_bytes(), mtime=0),
            MEDIA_TYPES[path.suffix],
            hashlib.sha256(path.read_bytes()).hexdigest()[:12],
        )
        for path in (HERE / "static").iterdir()
        if path.suffix in MEDIA_TYPES
    }


def asset_url(name: str) -> str:
    """The address of a file of ours, with its mark."""
    return f"/static/{name}?v={assets()[name].mark}"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset_url
    return environment


def page(template: str, *, status: int = 200, **values: object) -> Response:
    """A page of the console as an answer."""
    html = _templates().get_template(template).render(**values)
    return Response(html, status_code=status, media_type="text/html; charset=utf-8")


def audience_of(request: Request) -> LiveAudience:
    """Those who watch the live page of this application."""
    audience = request.app.state.audience
    assert isinstance(audience, LiveAudience)
    return audience


@router.get("/")
async def show_live_page(request: Request, context: Context) -> Response:
    """The live store; whoever has no session is sent to the login."""
    try:
        manager = await manager_of(request, context)
    except NotAuthenticated:
        return RedirectResponse("/login", status_code=303)
    board = await audience_of(request).board()
    return page(
        "live.html",
        board=board,
        plan=draw(context.rooms.live.plan),
        simulated=context.simulated,
        user=manager.name,
    )


@router.get("/plan/{name}")
async def get_plan_image(name: str, request: Request, context: Context) -> Response:
    """The picture under the plan, for managers; no other file of the plan folder."""
    await manager_of(request, context)
    image = context.rooms.live.plan.image
    if image is None or name != image.name:
        raise NotFound("there is no such picture", code="unknown_file")
    path = context.settings.state_dir / "plans" / image.name
    try:
        content = await asyncio.to_thread(path.read_bytes)
    except OSError:
        raise NotFound("the picture is not in the plan folder", code="unknown_file") from None
    headers = {"cache-control": FOR_AN_HOUR, "content-security-policy": "sandbox"}
    media_type = PICTURE_TYPES[image.name.rsplit(".", maxsplit=1)[-1]]
    return Response(content, media_type=media_type, headers=headers)


@router.get("/static/{name}")
async def get_asset(name: str, request: Request) -> Response:
    """A style, script or picture of ours."""
    asset = assets().get(name)
    if asset is None:
        raise NotFound("there is no such file", code="unknown_file")
    headers = {"cache-control": FOR_A_YEAR, "vary": "accept-encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(asset.content, media_type=asset.media_type, headers=headers)
    headers["content-encoding"] = "gzip"
    return Response(asset.packed, media_type=asset.media_type, headers=headers)
