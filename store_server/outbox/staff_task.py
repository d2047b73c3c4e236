"""What a step hands over to the staff: a task that somebody takes and closes, while it is worth it.

    open --claim--> claimed --close--> closed
      '---- its moment is over ----> expired (an open one that nobody took)

It names nobody: staff read a pseudonym, the zone, and the sentence of the campaign.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store_server.ids import CampaignId, Scope, ShopperId, ZoneId, natural_id, pseudonym
from store_server.outbox.alert import TITLE_LIMIT, StaffAlert
from store_server.outbox.event import DurableEvent
from store_server.outbox.notification import rfc3339

STAFF_ALERT = "staff.alert"


class TaskState(StrEnum):
    """How far a task is."""

    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"
    EXPIRED = "expired"


class TaskResult(StrEnum):
    """What came of it, in the words of who closed it."""

    HELPED = "helped"
    NOT_FOUND = "not_found"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class StaffTask:
    """One task.

    decision: that handed over. zone: where the shopper was; None = not known. message: the
    campaign's sentence. claimed_by: the name of who took it.
    """

    id: str
    decision: str
    campaign: CampaignId
    shopper: ShopperId
    zone: ZoneId | None
    message: str
    at: datetime
    expires_at: datetime
    state: TaskState = TaskState.OPEN
    claimed_by: str | None = None
    claimed_at: datetime | None = None
    closed_at: datetime | None = None
    result: TaskResult | None = None

    def state_at(self, now: datetime) -> TaskState:
        """Its state at `now`: an open one expires with its moment."""
        if self.state is TaskState.OPEN and now >= self.expires_at:
            return TaskState.EXPIRED
        return self.state


def task_id(decision: str) -> str:
    """The name of the task of a decision: it is handed over once."""
    return natural_id("staff task", decision)


def staff_alert(task: StaffTask, place: str) -> StaffAlert:
    """What those who work here read in their channel; `place`: of the zone, "" for not known."""
    return StaffAlert(
        id=natural_id("staff alert", task.id),
        shopper=task.shopper,
        title=place[:TITLE_LIMIT],
        body=task.message,
        at=task.at,
        expires_at=task.expires_at,
        zone=task.zone,
        decision=task.decision,
    )


def alert_event(task: StaffTask, scope: Scope) -> DurableEvent:
    """What the retailer's backend is told; it dies with the moment of the task."""
    data: Mapping[str, object] = {
        "task_id": task.id,
        "decision_id": task.decision,
        "campaign": task.campaign,
        "pseudonym": pseudonym(org=scope.org, shopper=task.shopper),
        "zone": task.zone,
        "message": task.message,
        "expires_at": rfc3339(task.expires_at),
    }
    name = natural_id("event", STAFF_ALERT, task.id)
    lives = task.expires_at - task.at
    return DurableEvent(name, STAFF_ALERT, task.shopper, data, task.at, lives)
