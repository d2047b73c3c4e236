"""What a simulator asks of a simulated store: where shoppers who are walked by hand shall be."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from store_server.entrypoints.api.problems_shown import READING, refusals
from store_server.entrypoints.api.schemas.simulation import WalkAnswer, WalksAnswer
from store_server.entrypoints.guided_walks import require_simulated, walks_of
from store_server.entrypoints.http_auth import Context, OpsCaller

router = APIRouter(tags=["operations"])

LONGEST_WAIT_S = 25.0


@router.get("/v1/simulation/walks", responses={**READING, **refusals(409)})
async def get_walks(
    request: Request,
    context: Context,
    _caller: OpsCaller,
    after: Annotated[int, Query(ge=0, description="The revision that you know; 0 at first.")] = 0,
    wait_s: Annotated[float, Query(ge=0, le=LONGEST_WAIT_S)] = 0.0,
) -> WalksAnswer:
    """Where shoppers who are walked by hand shall be; waits until that is news to you."""
    require_simulated(context)
    walks = walks_of(request)
    found = await walks.after(after, wait_s=wait_s)
    return WalksAnswer(
        revision=walks.revision,
        walks=[
            WalkAnswer(
                shopper_id=one.shopper,
                x_m=None if one.at is None else one.at[0],
                y_m=None if one.at is None else one.at[1],
            )
            for one in found
        ],
    )
