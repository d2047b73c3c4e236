"""Segments: the list in sentences, and a builder of rows that all, or any, must hold."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.decisions.plural import spoken
from store_server.entrypoints.console.deed import entry
from store_server.entrypoints.console.field_texts import Reading, free_slug
from store_server.entrypoints.console.forms import Sent, sent_form
from store_server.entrypoints.console.segment_rows import KIND_TEXTS, rows_of, tree_of
from store_server.entrypoints.console.visit import PageRoute, Visit, Visitor, seen_other
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context
from store_server.errors import Refusal
from store_server.flows.audited import audited
from store_server.flows.preview_segment import SegmentPreview, preview_segment
from store_server.flows.save_segment import save_segment
from store_server.flows.show_segments import ToldSegment, show_segment, show_segments
from store_server.shop.audit import Deed
from store_server.writer import Priority

router = APIRouter(route_class=PageRoute)

HERE = "/campaigns/segments"


@router.get("/campaigns/segments")
async def show_segment_list(visit: Visitor, context: Context) -> Response:
    """Every segment, as a sentence."""
    return visit.page(
        "segments.html", rows=await context.read(show_segments), spoken=spoken(visit.language)
    )


@router.get("/campaigns/segments/new")
async def begin_segment(visit: Visitor, context: Context) -> Response:
    """The builder, empty."""
    return await _page(visit, context, Sent({}))


@router.post("/campaigns/segments/new")
async def add_segment(visit: Visitor, request: Request, context: Context) -> Response:
    """Count it, or keep it."""
    return await _save(visit, context, await sent_form(request), before=None)


@router.get("/campaigns/segments/at/{segment}")
async def edit_segment(segment: str, visit: Visitor, context: Context) -> Response:
    """The builder with a segment in it."""
    told = await context.read(show_segment, segment_id=segment)
    return await _page(visit, context, rows_of(told.segment), before=told)


@router.post("/campaigns/segments/at/{segment}")
async def change_segment(
    segment: str, visit: Visitor, request: Request, context: Context
) -> Response:
    """Count it, or keep it as changed."""
    told = await context.read(show_segment, segment_id=segment)
    return await _save(visit, context, await sent_form(request), before=told)


async def _save(
    visit: Visit, context: ServerContext, sent: Sent, *, before: ToldSegment | None
) -> Response:
    reading = Reading(sent, visit.timezone, visit.currency)
    tree = tree_of(reading)
    if sent.text("only") == "count":
        return await _page(visit, context, sent, before=before, errors=reading.errors)
    name = reading.text("name", longest=80)
    if reading.errors:
        return await _page(visit, context, sent, before=before, errors=reading.errors)
    taken = context.rooms.live.segments.segments
    slug = (
        before.segment.id
        if before
        else free_slug(name, lambda text: text in taken, otherwise="segment")
    )
    try:
        await context.write(
            Priority.APP,
            audited,
            entry=entry(visit, Deed.SEGMENT_SAVED, at=context.system_now(), subject=slug),
            act=save_segment,
            segment_id=slug,
            name=name,
            document=tree,
        )
    except Refusal as refusal:
        return await _page(visit, context, sent, before=before, refusal=refusal)
    return seen_other(HERE)


async def _page(
    visit: Visit,
    context: ServerContext,
    sent: Sent,
    *,
    before: ToldSegment | None = None,
    errors: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response:
    preview: SegmentPreview | None = None
    reading = Reading(sent, visit.timezone, visit.currency)
    tree = tree_of(reading)
    if not reading.errors and refusal is None:
        try:
            preview = await context.read(preview_segment, document=tree)
        except Refusal as found:
            refusal = found
    return visit.page(
        "segment_edit.html",
        status=refusal.http_status if refusal else 422 if errors else 200,
        before=before,
        sent=sent,
        errors=errors or {},
        refusal=refusal,
        preview=preview,
        spoken=spoken(visit.language),
        kinds=KIND_TEXTS,
        plan_zones=context.rooms.live.plan.zones,
    )
