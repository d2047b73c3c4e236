"""Letting a gateway in and cutting it off: first the rows, then the account at the broker.

The API and the console share these three. Files are written and the broker is told on a thread:
the loop goes on.
"""

import asyncio
import time
from datetime import datetime

import structlog

from proximity_wire.enrolment import EnrolmentAnswer, EnrolmentRecord, EnrolmentRequest, make_answer
from store_server.clock import to_ms
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.failure_count import FailureCount
from store_server.entrypoints.gateway_accounts import GatewayAccounts
from store_server.errors import Conflict, Refusal
from store_server.fleet.admission import GatewayAccount
from store_server.flows.enrol_gateway import (
    Enrolled,
    MintedCode,
    enrol_gateway,
    make_enrolment_code,
)
from store_server.flows.revoke_gateway import revoke_gateway
from store_server.writer import Priority

log = structlog.get_logger(__name__)


async def mint_code(context: ServerContext, *, gateway: str, made_by: str) -> MintedCode:
    """A one-time code for a gateway of the plan.

    Raises:
        NotFound: the gateway is not on the plan.
    """
    minted: MintedCode = await context.write(
        Priority.APP,
        make_enrolment_code,
        gateway=gateway,
        made_by=made_by,
        system_now=context.system_now(),
    )
    log.info("enrolment code made", gateway=gateway, made_by=made_by)
    return minted


async def let_in(
    context: ServerContext, request: EnrolmentRequest, *, failures: FailureCount
) -> EnrolmentAnswer:
    """Use a code up, make the account, and say where the broker is.

    Raises:
        TooMany: codes were wrong too often within the last minute.
        NotAllowed: the code is wrong or over.
        Conflict: the code was used, or this server has no broker.
    """
    accounts = _accounts(context)
    began_s, at = time.monotonic(), context.system_now()
    failures.begin(began_s)
    try:
        enrolled: Enrolled = await context.write(
            Priority.APP, enrol_gateway, request=request, system_now=at
        )
    except Refusal as refusal:
        log.warning("enrolment refused", reason=refusal.code)
        raise
    failures.succeed(began_s)
    user = await asyncio.to_thread(accounts.admit, enrolled.gateway, password=enrolled.password)
    log.info("gateway enrolled", gateway=enrolled.gateway, key_id=enrolled.key_id)
    record = _record(context, accounts, enrolled, user=user, at=at)
    return make_answer(record, key=enrolled.code_key, nonce=request.nonce)


async def cut_off(context: ServerContext, *, gateway: str) -> tuple[GatewayAccount, bool]:
    """Take nothing of a gateway any more and drop it; also whether the broker was told.

    Raises:
        NotFound: there is no such gateway.
    """
    account: GatewayAccount = await context.write(
        Priority.TILL, revoke_gateway, gateway=gateway, system_now=context.system_now()
    )
    told = False
    if context.accounts is not None:
        told = await asyncio.to_thread(context.accounts.cut_off, gateway)
    log.warning("gateway revoked", gateway=gateway, broker_told=told)
    return account, told


def _accounts(context: ServerContext) -> GatewayAccounts:
    if context.accounts is None:
        raise Conflict("this server has no broker to let gateways in", code="no_broker")
    return context.accounts


def _record(
    context: ServerContext,
    accounts: GatewayAccounts,
    enrolled: Enrolled,
    *,
    user: str,
    at: datetime,
) -> EnrolmentRecord:
    address = accounts.address
    return EnrolmentRecord(
        org=context.scope.org,
        store=context.scope.store,
        gateway=enrolled.gateway,
        user=user,
        key_id=enrolled.key_id,
        mqtt_host=address.host,
        mqtt_port=address.port,
        tls=address.tls,
        ca_pem=address.ca_pem,
        client_id_from_user=address.takes_user_as_client_id,
        enrolled_at_ms=to_ms(at),
    )
