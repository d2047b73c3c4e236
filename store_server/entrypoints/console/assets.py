"""The few files that pages are made of: styles, scripts, the mark; all of them ours."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.errors import NotFound

router = APIRouter()

STATIC = Path(__file__).parent / "static"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
PAGE_LEVEL = 5
FOR_A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of ours; `mark` changes with its content, so that it may be cached for ever.

    `packed` is the same by gzip.
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
        for path in STATIC.iterdir()
        if path.suffix in MEDIA_TYPES
    }


def asset_url(name: str) -> str:
    """The address of a file of ours, with its mark."""
    return f"/static/{name}?v={assets()[name].mark}"


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


def packed(page: Response, request: Request) -> Response:
    """A page by gzip, for browsers that take it.

    Only for a page that holds nothing of what the request says. Others are not packed: what
    somebody typed beside what is secret shows in the length (BREACH).
    """
    page.headers["vary"] = "accept-encoding"
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return page
    page.body = gzip.compress(bytes(page.body), compresslevel=PAGE_LEVEL, mtime=0)
    page.headers["content-encoding"] = "gzip"
    page.headers["content-length"] = str(len(page.body))
    return page
