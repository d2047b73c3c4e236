"""Flows: which codes the store has printed, and what each means."""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound, Unprocessable
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.printed_code import PrintedCode
from store_server.offers.repository import PrintedCodeRepository


def show_codes(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> list[PrintedCode]:
    """Every printed code of the store, in order (a read flow)."""
    return PrintedCodeRepository(uow.session, rooms.scope).all()


def keep_code(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    code: PrintedCode,
) -> PrintedCode:
    """Let a code mean this from now on.

    Raises:
        Unprocessable: its zone or campaign is not there.
    """
    if code.zone is not None and uow.live.plan.zone(code.zone) is None:
        raise Unprocessable(
            f"zone is {code.zone!r}; there is no such zone here", code="unknown_zone"
        )
    if code.campaign is not None and code.campaign not in uow.live.catalogue.campaigns:
        raise Unprocessable(
            f"campaign is {code.campaign!r}; there is no such campaign", code="unknown_campaign"
        )
    PrintedCodeRepository(uow.session, rooms.scope).save(code)
    return code


def remove_code(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    code: str,
) -> None:
    """Let a code mean nothing any more.

    Raises:
        NotFound: there is no such code.
    """
    if not PrintedCodeRepository(uow.session, rooms.scope).remove(code):
        raise NotFound(f"there is no printed code {code[:64]!r}", code="unknown_code")
