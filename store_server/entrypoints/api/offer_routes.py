"""Versions of offers: each as it was saved, and what two of them have otherwise."""

from typing import Annotated

from fastapi import APIRouter, Path

from store_server.entrypoints.api.problems_shown import READING, refusals
from store_server.entrypoints.api.schemas.campaign_records import (
    DifferenceListAnswer,
    VersionNumber,
    difference_answer,
)
from store_server.entrypoints.api.schemas.offers import (
    OfferVersionAnswer,
    OfferVersionListAnswer,
    offer_answer,
)
from store_server.entrypoints.http_auth import Context, OpsCaller
from store_server.flows.show_offer import show_offer_difference, show_offer_versions

router = APIRouter(prefix="/v1", tags=["back office"], responses={**READING, **refusals(404)})

OfferPath = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", examples=["rye-50"])]


@router.get("/offers/{offer_id}/versions")
async def list_offer_versions(
    offer_id: OfferPath, context: Context, _caller: OpsCaller
) -> OfferVersionListAnswer:
    """Every version of an offer, oldest first; decisions and coupons name theirs."""
    found = await context.read(show_offer_versions, offer_id=offer_id)
    return OfferVersionListAnswer(
        versions=[
            OfferVersionAnswer(
                offer=offer_answer(one.offer), saved_by=one.saved_by, saved_at=one.saved_at
            )
            for one in found
        ]
    )


@router.get("/offers/{offer_id}/difference")
async def get_offer_difference(
    offer_id: OfferPath,
    context: Context,
    _caller: OpsCaller,
    before: VersionNumber,
    after: VersionNumber,
) -> DifferenceListAnswer:
    """What two versions of an offer have otherwise, by field."""
    found = await context.read(show_offer_difference, offer_id=offer_id, before=before, after=after)
    return difference_answer(found)
