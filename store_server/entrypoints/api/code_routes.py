"""The codes that a store has printed: made, changed and taken down one by one."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from store_server.entrypoints.api.problems_shown import CHANGING, READING, refusals
from store_server.entrypoints.api.schemas.codes import CodeAnswer, CodeBody, CodeListAnswer
from store_server.entrypoints.http_auth import Context, OpsCaller
from store_server.flows.keep_codes import keep_code, remove_code, show_codes
from store_server.ids import CampaignId, ZoneId
from store_server.offers.printed_code import PrintedCode
from store_server.writer import Priority

router = APIRouter(prefix="/v1/codes", tags=["back office"])

CodeName = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$", examples=["shelf-7"])]


@router.get("", responses=READING)
async def list_codes(context: Context, _caller: OpsCaller) -> CodeListAnswer:
    """Every printed code of the store, and what its scan means."""
    return CodeListAnswer(codes=[_shown(one) for one in await context.read(show_codes)])


@router.put("/{code}", responses=CHANGING)
async def put_code(
    code: CodeName, body: CodeBody, context: Context, _caller: OpsCaller
) -> CodeAnswer:
    """Make a code, or let it mean something else from the next scan on."""
    wanted = PrintedCode(
        code,
        body.placement,
        None if body.zone is None else ZoneId(body.zone),
        None if body.campaign is None else CampaignId(body.campaign),
    )
    return _shown(await context.write(Priority.APP, keep_code, code=wanted))


@router.delete("/{code}", status_code=204, responses={**CHANGING, **refusals(404)})
async def delete_code(code: CodeName, context: Context, _caller: OpsCaller) -> Response:
    """Take a code down: its scan is refused from now on."""
    await context.write(Priority.APP, remove_code, code=code)
    return Response(status_code=204)


def _shown(code: PrintedCode) -> CodeAnswer:
    return CodeAnswer(
        code=code.code, placement=code.placement, zone=code.zone, campaign=code.campaign
    )
