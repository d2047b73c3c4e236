"""What one store keeps about a shopper beside visits and offers, for their download.

Waits of a campaign's step, what was handed over to the staff, and who looked at the shopper's page.
"""

from collections.abc import Callable

from sqlmodel import Session

from store_server.ids import Scope, ShopperId
from store_server.offers.repository import WaitRepository
from store_server.outbox.notification import rfc3339
from store_server.outbox.repository import StaffTaskRepository
from store_server.shop.repository import AuditRepository

Json = dict[str, object]
# More than a shopper can have: one wait a campaign at a time, kept for as long as decisions.
_MOST = 10_000


def _waits(session: Session, scope: Scope, shopper: ShopperId) -> list[Json]:
    return [
        {
            "campaign_id": one.campaign,
            "began_at": rfc3339(one.began_at),
            "until": rfc3339(one.due_at),
            "state": one.state.value,
            "ended_by": None if one.ended_by is None else one.ended_by.value,
            "ended_at": None if one.ended_at is None else rfc3339(one.ended_at),
            "decision_id": one.decision,
        }
        for one in WaitRepository(session, scope).page(limit=_MOST, shopper=shopper)
    ]


def _staff_tasks(session: Session, scope: Scope, shopper: ShopperId) -> list[Json]:
    return [
        {
            "decision_id": one.decision,
            "zone_id": one.zone,
            "message": one.message,
            "at": rfc3339(one.at),
            "state": one.state.value,
            "result": None if one.result is None else one.result.value,
        }
        for one in StaffTaskRepository(session, scope).page(limit=_MOST, shopper=shopper)
    ]


def _looks(session: Session, scope: Scope, shopper: ShopperId) -> list[Json]:
    return [
        {"at": rfc3339(at), "what": str(deed), "reason": reason}
        for at, deed, reason in AuditRepository(session, scope).of_shopper(shopper)
    ]


TOLD_IN_A_STORE: dict[str, Callable[[Session, Scope, ShopperId], list[Json]]] = {
    "waits": _waits,
    "staff_tasks": _staff_tasks,
    "looked_at": _looks,
}
