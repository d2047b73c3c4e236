"""A gateway comes in: somebody who may makes a one-time code, the agent on site uses it up.

The code itself is kept nowhere: what is kept is the key derived from it, sealed with the data
key. Codes live by system time, also in a simulated day. The account at the broker is made by the
door, after the commit: a code that was used up without one is made again.
"""

import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from proximity_wire.enrolment import (
    EnrolmentRequest,
    key_id_of,
    open_request,
    password_of,
    read_code,
    spell_code,
)
from store_server.database import UnitOfWork
from store_server.errors import Conflict, NotAllowed, NotFound
from store_server.fleet.admission import GatewayAccount
from store_server.fleet.repository import AdmissionRepository
from store_server.flows.rooms import StoreLive, StoreRooms

CODE_LIFE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class MintedCode:
    """A fresh code; shown once."""

    gateway: str
    code: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"MintedCode({self.gateway!r})"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Who came in. `password` is for the broker, `code_key` signs the answer."""

    gateway: str
    key_id: str
    password: str
    code_key: bytes

    def __repr__(self) -> str:
        return f"Enrolled({self.gateway!r})"


def make_enrolment_code(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - codes live by system time
    gateway: str,
    made_by: str,
    system_now: datetime,
) -> MintedCode:
    """A code that lets one agent in as this gateway; earlier codes for it are void.

    Raises:
        NotFound: the gateway is not on the plan.
    """
    if all(one.id != gateway for one in uow.live.plan.gateways):
        raise NotFound(
            "there is no such gateway on the plan; `store-server add-gateway NAME --x --y` puts "
            "one there",
            code="unknown_gateway",
        )
    codes = AdmissionRepository(uow.session, rooms.scope)
    expires_at = system_now + CODE_LIFE
    while True:
        spelled = spell_code(os.urandom(16))
        code = read_code(spelled)
        sealed = rooms.vault.seal(code.key, context=_context(rooms, code.locator)).hex()
        if codes.add_code(
            code.locator,
            gateway=gateway,
            sealed_key=sealed,
            made_by=made_by,
            expires_at=expires_at,
        ):
            return MintedCode(gateway, spelled, expires_at)


def enrol_gateway(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - codes live by system time
    request: EnrolmentRequest,
    system_now: datetime,
) -> Enrolled:
    """Use a code up, and note who came in; a gateway that was revoked is let in again.

    Raises:
        NotAllowed: the code is wrong or over.
        Conflict: the code was used.
    """
    codes = AdmissionRepository(uow.session, rooms.scope)
    kept = codes.code(request.locator)
    key = None
    if kept is not None:
        sealed = bytes.fromhex(kept.sealed_key)
        key = rooms.vault.open(sealed, context=_context(rooms, request.locator))
    secret = open_request(request, key=key) if key is not None else None
    if kept is None or key is None or secret is None:
        raise NotAllowed(
            "this code is wrong, or a newer one was made; look at the console",
            code="code_unknown",
        )
    if kept.used:
        raise Conflict(
            "this code was used already; if that was not you, revoke the gateway. Make a new "
            "code in the console",
            code="code_used",
        )
    if system_now >= kept.expires_at:
        raise NotAllowed(
            "this code is over: it is good for 15 minutes; make a new one in the console",
            code="code_over",
        )
    codes.use_code(request.locator, at=system_now)
    account = GatewayAccount(kept.gateway, key_id_of(secret), system_now, None)
    codes.save_account(account)
    publish_revoked(uow, rooms)
    return Enrolled(kept.gateway, key_id_of(secret), password_of(secret), key)


def publish_revoked(uow: UnitOfWork[StoreLive], rooms: StoreRooms) -> frozenset[str]:
    """Have the live state know who is cut off, as the database has it."""
    revoked = AdmissionRepository(uow.session, rooms.scope).revoked()
    if revoked != uow.live.revoked:
        uow.live = replace(uow.live, revoked=revoked)
    return revoked


def _context(rooms: StoreRooms, locator: str) -> str:
    return f"enrolment:{rooms.scope.org}:{rooms.scope.store}:{locator}"
