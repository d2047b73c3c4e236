"""A gateway is cut off, or let in again by hand.

From the commit on nothing of it is taken; the door then takes its account away from the broker,
which drops its connection.
"""

from dataclasses import replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound
from store_server.fleet.admission import GatewayAccount
from store_server.fleet.repository import AdmissionRepository
from store_server.flows.enrol_gateway import publish_revoked
from store_server.flows.rooms import StoreLive, StoreRooms


def revoke_gateway(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - a theft happens by the wall clock, also in a simulated day
    gateway: str,
    system_now: datetime,
) -> GatewayAccount:
    """Take nothing of this gateway any more, and void its codes; twice is once.

    Raises:
        NotFound: nobody of this name is on the plan, has an account, or ever spoke.
    """
    accounts = AdmissionRepository(uow.session, rooms.scope)
    account = accounts.accounts().get(gateway) or GatewayAccount(gateway, None, None, None)
    on_plan = any(one.id == gateway for one in uow.live.plan.gateways)
    if not on_plan and gateway not in uow.live.gateways and account.enrolled_at is None:
        raise NotFound("there is no such gateway", code="unknown_gateway")
    if account.revoked_at is None:
        account = replace(account, revoked_at=system_now)
        accounts.save_account(account)
    accounts.drop_codes(gateway)
    publish_revoked(uow, rooms)
    if line := uow.live.gateways.get(gateway):
        # It must not hold the event clock: nothing will come.
        uow.live = uow.live.with_gateway(replace(line.silent(), online=False))
    return account


def readmit_gateway(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    gateway: str,
) -> bool:
    """Let a revoked gateway in again, with the new account that was made by hand."""
    accounts = AdmissionRepository(uow.session, rooms.scope)
    account = accounts.accounts().get(gateway)
    if account is None or account.revoked_at is None:
        return False
    accounts.save_account(replace(account, revoked_at=None, key_id=None, enrolled_at=None))
    publish_revoked(uow, rooms)
    return True


def show_revoked(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> frozenset[str]:
    """The gateways that are cut off, as the database has it."""
    return AdmissionRepository(uow.session, rooms.scope).revoked()
