"""The store's map: what is where, and an editor with a draft that is published as a whole."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.entrypoints.console.deed import entry
from store_server.entrypoints.console.forms import sent_form
from store_server.entrypoints.console.plan_drawing import draw
from store_server.entrypoints.console.uploads import content_of, sent_file
from store_server.entrypoints.console.visit import PageRoute, Visit, Visitor, seen_other
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context
from store_server.errors import ConfigError, Refusal, Unprocessable
from store_server.flows.audited import audited
from store_server.flows.draft_plan import (
    LONGEST,
    PlanDraft,
    drop_plan_draft,
    keep_plan_draft,
    publish_plan_draft,
    read_draft,
    show_plan_draft,
)
from store_server.shop.audit import Deed
from store_server.shop.floor_plan import PlanImage
from store_server.shop.plan_checks import check_plan
from store_server.shop.plan_image import MOST_BYTES, read_image
from store_server.shop.plan_picture import redraw
from store_server.writer import Priority

router = APIRouter(route_class=PageRoute)


@router.get("/store")
async def show_map(visit: Visitor, context: Context) -> Response:
    """The plan as it stands, and what the check says of it."""
    plan = context.rooms.live.plan
    return visit.page(
        "map.html",
        drawing=draw(plan),
        plan=plan,
        areas={zone.id: _square_metres(zone.polygon) for zone in plan.zones},
        findings=check_plan(plan) if plan.zones else (),
        draft=await context.read(show_plan_draft),
    )


@router.get("/store/editor")
async def edit_map(visit: Visitor, context: Context) -> Response:
    """The editor, with the draft or the plan in it."""
    return _page(visit, await context.read(show_plan_draft))


@router.post("/store/editor")
async def keep_map(visit: Visitor, request: Request, context: Context) -> Response:
    """Keep the draft, publish it, or forget it."""
    form = await sent_form(request, longest=LONGEST + 1)
    text, wish = form.text("document", longest=LONGEST + 1), form.text("only")
    try:
        if wish == "drop":
            await context.write(Priority.APP, drop_plan_draft)
            return seen_other("/store/editor")
        await _keep(visit, context, text)
        if wish == "publish":
            noted = entry(visit, Deed.PLAN_PUBLISHED, at=context.system_now())
            await context.write(
                Priority.APP, audited, entry=noted, act=publish_plan_draft, text=text
            )
            return seen_other("/store")
    except Refusal as refusal:
        return _page(visit, PlanDraft(text, visit.caller.name, None), refusal=refusal)
    return seen_other("/store/editor")


@router.post("/store/editor/picture")
async def lay_picture(visit: Visitor, request: Request, context: Context) -> Response:
    """Lay an uploaded picture under the draft, as wide as the floor; it is scaled by hand."""
    draft = await context.read(show_plan_draft)
    try:
        sent, file = await sent_file(request, "picture")
        text = sent.text("document", longest=LONGEST + 1) or draft.text
        draft = PlanDraft(text, visit.caller.name, None)
        document = dict(read_draft(text))
        upload = await content_of(file, most_bytes=MOST_BYTES)
        picture = await asyncio.to_thread(
            _put_in_folder, upload.content, folder=context.settings.state_dir / "plans"
        )
        document["image"] = _as_wide_as(document, picture)
        await _keep(visit, context, json.dumps(document, ensure_ascii=False))
    except Refusal as refusal:
        return _page(visit, draft, refusal=refusal)
    return seen_other("/store/editor")


def _put_in_folder(content: bytes, *, folder: Path) -> PlanImage:
    """The picture drawn anew, in its file."""
    try:
        drawn = redraw(content, where="picture")
        picture = read_image(drawn, where="picture", metres_per_pixel=1.0)
    except ConfigError as error:
        raise Unprocessable(str(error), code="bad_picture") from None
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{picture.name}.part"
    part.write_bytes(drawn)
    part.replace(folder / picture.name)
    return picture


def _as_wide_as(document: Mapping[str, object], picture: PlanImage) -> dict[str, object]:
    """The picture of a document, as large as fits its floor."""
    width_m, height_m = document.get("width_m"), document.get("height_m")
    if not (isinstance(width_m, int | float) and isinstance(height_m, int | float)):
        raise Unprocessable("the draft says no width_m and height_m", code="bad_draft")
    scale = min(width_m / picture.width_px, height_m / picture.height_px)
    return {**asdict(picture), "metres_per_pixel": round(scale, 6)}


async def _keep(visit: Visit, context: ServerContext, text: str) -> None:
    await context.write(
        Priority.APP,
        keep_plan_draft,
        text=text,
        by=visit.caller.name,
        system_now=context.system_now(),
    )


def _page(visit: Visit, draft: PlanDraft, *, refusal: Refusal | None = None) -> Response:
    told = refusal is not None and refusal.code in ("bad_plan", "bad_draft", "bad_picture")
    faults = str(refusal).split("; ") if told else []
    return visit.page(
        "map_edit.html",
        status=refusal.http_status if refusal else 200,
        draft=draft,
        faults=faults,
        refusal=None if told else refusal,
    )


def _square_metres(corners: Sequence[tuple[float, float]]) -> float:
    """The area of a polygon; the shoelace formula."""
    turned = (*corners[1:], corners[0])
    doubled = sum(
        x * next_y - next_x * y for (x, y), (next_x, next_y) in zip(corners, turned, strict=True)
    )
    return abs(doubled) / 2
