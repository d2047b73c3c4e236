"""Attributes of shoppers, and segments: kept, looked at before they are kept, and explained."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from store_server.entrypoints.api.backend_routes import ShopperPath
from store_server.entrypoints.api.problems_shown import CHANGING, READING, refusals
from store_server.entrypoints.api.schemas.segments import (
    AttributeAnswer,
    AttributeBody,
    AttributeListAnswer,
    LeafAnswer,
    MembershipAnswer,
    PreviewAnswer,
    PreviewBody,
    SegmentAnswer,
    SegmentBody,
    SegmentListAnswer,
    ShopperAttributesAnswer,
    ShopperAttributesBody,
)
from store_server.entrypoints.http_auth import BackendCaller, Context, OpsCaller
from store_server.flows.explain_segment import ExplainedLeaf, explain_segment
from store_server.flows.preview_segment import preview_segment
from store_server.flows.save_attributes import declare_attribute, save_attributes
from store_server.flows.save_segment import save_segment
from store_server.flows.show_segments import (
    ToldSegment,
    show_attributes,
    show_segment,
    show_segments,
)
from store_server.ids import ShopperId
from store_server.shoppers.attributes import Attribute
from store_server.writer import Priority

router = APIRouter(prefix="/v1", responses=READING)

SegmentName = Annotated[
    str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", examples=["bread-regulars"])
]
AttributeName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,39}$", examples=["tier"])]
WhichShopper = Annotated[str, Query(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]


@router.get("/attributes", tags=["segments"])
async def list_attributes(context: Context, _caller: OpsCaller) -> AttributeListAnswer:
    """What attributes shoppers can have."""
    found = await context.read(show_attributes)
    return AttributeListAnswer(attributes=[_attribute(one) for one in found])


@router.put("/attributes/{name}", tags=["segments"], responses={**CHANGING, **refusals(409)})
async def put_attribute(
    name: AttributeName, body: AttributeBody, context: Context, _caller: OpsCaller
) -> AttributeAnswer:
    """Declare an attribute, add choices or change labels; its type stays."""
    asked = Attribute(name, body.type, tuple(body.choices), body.labels)
    return _attribute(await context.write(Priority.APP, declare_attribute, attribute=asked))


@router.put(
    "/shoppers/{shopper_id}/attributes",
    tags=["shoppers"],
    responses={**CHANGING, **refusals(404, 409)},
)
async def put_shopper_attributes(
    shopper_id: ShopperPath, body: ShopperAttributesBody, context: Context, _caller: BackendCaller
) -> ShopperAttributesAnswer:
    """Say what a shopper's attributes are; only with their consent to a profile."""
    values = await context.write(
        Priority.APP, save_attributes, shopper=ShopperId(shopper_id), given=body.attributes
    )
    return ShopperAttributesAnswer(shopper_id=shopper_id, attributes=values)


@router.get("/segments", tags=["segments"])
async def list_segments(context: Context, _caller: OpsCaller) -> SegmentListAnswer:
    """Every segment, in words too."""
    found = await context.read(show_segments)
    return SegmentListAnswer(segments=[_segment(one) for one in found])


@router.get("/segments/{segment_id}", tags=["segments"], responses=refusals(404))
async def get_segment(
    segment_id: SegmentName, context: Context, _caller: OpsCaller
) -> SegmentAnswer:
    """One segment as it stands."""
    return _segment(await context.read(show_segment, segment_id=segment_id))


@router.put("/segments/{segment_id}", tags=["segments"], responses=CHANGING)
async def put_segment(
    segment_id: SegmentName, body: SegmentBody, context: Context, _caller: OpsCaller
) -> SegmentAnswer:
    """Make a segment, or a new version of it; the next decision already goes by it."""
    await context.write(
        Priority.APP, save_segment, segment_id=segment_id, name=body.name, document=body.tree
    )
    return _segment(await context.read(show_segment, segment_id=segment_id))


@router.post("/segments:preview", tags=["segments"], responses=refusals(413))
async def post_segment_preview(
    body: PreviewBody, context: Context, _caller: OpsCaller
) -> PreviewAnswer:
    """How many shoppers a tree holds for right now, a sample of them, and the tree in words."""
    preview = await context.read(preview_segment, document=body.tree, segment_id=body.segment_id)
    return PreviewAnswer.model_validate(preview)


@router.get("/segments/{segment_id}/explain", tags=["segments"], responses=refusals(404))
async def explain_membership(
    segment_id: SegmentName,
    context: Context,
    _caller: OpsCaller,
    shopper_id: WhichShopper,
    language: Literal["en", "es", "ru"] = "en",
) -> MembershipAnswer:
    """Why a shopper is in a segment or not: which conditions decided, and what was found."""
    told = await context.read(
        explain_segment, segment_id=segment_id, shopper=ShopperId(shopper_id), language=language
    )
    return MembershipAnswer(
        segment_id=segment_id,
        version=told.segment.version,
        shopper_id=shopper_id,
        belongs=told.belongs,
        profile_allowed=told.profile_allowed,
        leaves=sorted(map(_leaf, told.leaves), key=lambda one: not one.decided),
    )


def _attribute(one: Attribute) -> AttributeAnswer:
    return AttributeAnswer(
        name=one.name, type=one.type, choices=list(one.choices), labels=dict(one.labels)
    )


def _segment(told: ToldSegment) -> SegmentAnswer:
    segment = told.segment
    return SegmentAnswer(
        segment_id=segment.id,
        name=segment.name,
        version=segment.version,
        saved_at=segment.saved_at,
        tree=segment.tree,
        sentences=dict(told.sentences),
    )


def _leaf(one: ExplainedLeaf) -> LeafAnswer:
    verdict = one.verdict
    found = verdict.found
    return LeafAnswer(
        path=verdict.path,
        kind=verdict.leaf.kind,
        sentence=one.sentence,
        held=verdict.held,
        decided=verdict.decided,
        found=list(found) if isinstance(found, tuple) else found,
    )
