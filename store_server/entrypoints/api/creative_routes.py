"""The back office tries words on a sample of shoppers before a campaign goes live."""

from fastapi import APIRouter

from store_server.entrypoints.api.problems_shown import CHANGING, refusals
from store_server.entrypoints.api.schemas.creatives import (
    PreviewAnswer,
    PreviewBody,
    PreviewLineAnswer,
)
from store_server.entrypoints.http_auth import Context, OpsCaller
from store_server.flows.preview_creative import preview_creative

router = APIRouter(prefix="/v1", tags=["back office"], responses=CHANGING)


@router.post("/creatives:preview", responses=refusals(404))
async def preview_creatives(
    body: PreviewBody, context: Context, _caller: OpsCaller
) -> PreviewAnswer:
    """The words as a sample of shoppers would read them, and what is wrong; nothing is kept."""
    found = await context.read(
        preview_creative,
        offer_id=body.offer_id,
        language=body.language,
        channel=body.channel,
        document=body.creative.document() if body.creative is not None else None,
        sample=body.sample,
    )
    return PreviewAnswer(
        offer_id=found.offer,
        channel=found.channel,
        is_ready=found.is_ready,
        problems=list(found.problems),
        lines=[
            PreviewLineAnswer(
                shopper_id=line.shopper,
                title=line.title,
                body=line.body,
                is_cut=line.is_cut,
                banned=list(line.banned),
                error=line.error,
            )
            for line in found.lines
        ],
    )
