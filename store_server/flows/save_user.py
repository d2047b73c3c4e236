"""People of the console: invited by a link, given a role, shut out; the last admin stays."""

from dataclasses import replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import Conflict, NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.access import LOGIN_LINK_LIFE, Minted, hash_token, new_token
from store_server.shop.console_user import ConsoleUser, role_of
from store_server.shop.repository import AccessRepository, ConsoleUserRepository
from store_server.shop.roles import Role


def invite_user(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - links live by system time
    name: str,
    role: str,
    system_now: datetime,
) -> Minted:
    """A new user, and the token of the link by which they come in first.

    Raises:
        Unprocessable: name or role cannot be.
        Conflict: the name is taken.
    """
    user = ConsoleUser(name, role_of(role), system_now)
    if not ConsoleUserRepository(uow.session, rooms.scope).add(user):
        raise Conflict(f"there is a user {name!r} already", code="user_exists")
    return _link(uow, rooms, name=name, system_now=system_now)


def renew_link(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - links live by system time
    name: str,
    system_now: datetime,
) -> Minted:
    """A new one-time link for a user; the one before is void.

    Raises:
        NotFound: there is no such user.
    """
    _known(uow, rooms, name)
    return _link(uow, rooms, name=name, system_now=system_now)


def change_user(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - people live by system time
    name: str,
    role: str,
    may_come_in: bool,
    system_now: datetime,
) -> None:
    """Another role, or shut out; sessions of one who is shut out end at once.

    Raises:
        NotFound: there is no such user.
        Unprocessable: the role cannot be.
        Conflict: nobody would be admin any more.
    """
    users = ConsoleUserRepository(uow.session, rooms.scope)
    user = _known(uow, rooms, name)
    disabled_at = None if may_come_in else user.disabled_at or system_now
    changed = replace(user, role=role_of(role), disabled_at=disabled_at)
    others = [one for one in users.all() if one.name != name]
    if not any(one.role is Role.ADMIN and one.disabled_at is None for one in (*others, changed)):
        raise Conflict("somebody has to stay admin; make another one first", code="last_admin")
    users.change(changed)
    if not may_come_in:
        users.end_sessions(name)


def choose_language(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    name: str,
    language: str,
) -> None:
    """Have the console speak `language` to a user from now on."""
    users = ConsoleUserRepository(uow.session, rooms.scope)
    user = users.find(name)
    if user is not None:
        users.change(replace(user, language=language))


def show_users(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> tuple[ConsoleUser, ...]:
    """Everybody who may or might open the console, by name."""
    return tuple(ConsoleUserRepository(uow.session, rooms.scope).all())


def _known(uow: UnitOfWork[StoreLive], rooms: StoreRooms, name: str) -> ConsoleUser:
    user = ConsoleUserRepository(uow.session, rooms.scope).find(name)
    if user is None:
        raise NotFound(f"there is no user {name[:40]!r}", code="unknown_user")
    return user


def _link(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, name: str, system_now: datetime
) -> Minted:
    minted = Minted(new_token("login_link"), system_now + LOGIN_LINK_LIFE)
    AccessRepository(uow.session, rooms.scope).add_login_link(
        hash_token(minted.token), user_name=name, expires_at=minted.expires_at
    )
    return minted
