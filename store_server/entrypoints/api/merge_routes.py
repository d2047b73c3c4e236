"""Two shoppers who are one person: the backend merges them, and takes it back."""

from typing import Annotated

from fastapi import APIRouter, Path

from store_server.entrypoints.api.problems_shown import CHANGING, READING, refusals
from store_server.entrypoints.api.schemas.merges import MergeAnswer, MergeBody, MergeListAnswer
from store_server.entrypoints.http_auth import BackendCaller, Context
from store_server.flows.merge_shoppers import merge_shoppers, split_shoppers
from store_server.flows.show_merges import show_merges
from store_server.ids import ShopperId
from store_server.shoppers.merge import Merge
from store_server.writer import Priority

router = APIRouter(prefix="/v1", tags=["shoppers"])

ShopperPath = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$", examples=["s-1042"])
]
MergePath = Annotated[
    str, Path(pattern=r"^[a-z0-9]{1,40}$", examples=["kvprs7ckpx4m73t5lobum6wut4"])
]


@router.post("/shoppers/{shopper_id}/merges", responses={**CHANGING, **refusals(404, 409)})
async def post_merge(
    shopper_id: ShopperPath, body: MergeBody, context: Context, _caller: BackendCaller
) -> MergeAnswer:
    """Make the shopper of the body one with the one of the address, who is kept."""
    merge = await context.write(
        Priority.APP,
        merge_shoppers,
        kept=ShopperId(shopper_id),
        absorbed=ShopperId(body.absorbed_id),
    )
    return _answer(merge)


@router.get("/shoppers/{shopper_id}/merges", responses=READING)
async def get_merges(
    shopper_id: ShopperPath, context: Context, _caller: BackendCaller
) -> MergeListAnswer:
    """Every merge that the shopper took part in."""
    merges = await context.read(show_merges, shopper=ShopperId(shopper_id))
    return MergeListAnswer(merges=[_answer(one) for one in merges])


@router.delete("/merges/{merge_id}", responses={**CHANGING, **refusals(404, 409)})
async def delete_merge(
    merge_id: MergePath, context: Context, _caller: BackendCaller
) -> MergeAnswer:
    """Take a merge back: both are as they were, and what came since stays with the kept one."""
    return _answer(await context.write(Priority.APP, split_shoppers, merge_id=merge_id))


def _answer(merge: Merge) -> MergeAnswer:
    return MergeAnswer(
        merge_id=merge.id,
        kept_id=merge.kept,
        absorbed_id=merge.absorbed,
        merged_at=merge.merged_at,
        split_at=merge.split_at,
    )
