"""Flow (read): the audit log by page, and one entry of it."""

from dataclasses import dataclass
from datetime import datetime

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.audit import AuditEntry
from store_server.shop.repository import AuditRepository


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Newest first; `before` continues after the last one, None at the end."""

    entries: tuple[AuditEntry, ...]
    before: tuple[int, str] | None


def show_audit(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    limit: int = 50,
    who: str | None = None,
    before: tuple[int, str] | None = None,
) -> AuditPage:
    """A page of what was done, of everybody or of `who`."""
    found = AuditRepository(uow.session, rooms.scope).page(limit=limit + 1, who=who, before=before)
    shown = tuple(found[:limit])
    more = (to_ms(shown[-1].at), shown[-1].id) if len(found) > limit else None
    return AuditPage(shown, more)


def show_audit_entry(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    entry: str,
) -> AuditEntry:
    """One entry.

    Raises:
        NotFound: there is none of this id.
    """
    found = AuditRepository(uow.session, rooms.scope).find(entry)
    if found is None:
        raise NotFound("there is no such entry in the audit log", code="unknown_entry")
    return found
