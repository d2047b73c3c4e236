"""Waits of steps and tasks of the staff as the API tells them; shoppers under pseudonyms."""

from datetime import datetime

from pydantic import ConfigDict
from pydantic.config import JsonDict

from store_server.entrypoints.api.schemas.fields import Answer, Body
from store_server.offers.wait import WaitState
from store_server.outbox.staff_task import TaskResult, TaskState

_TASK: JsonDict = {
    "task_id": "k3exampletask",
    "decision_id": "k3exampledecision",
    "campaign": "bread",
    "pseudonym": "k3v9x2aq",
    "zone": "bakery",
    "message": "Somebody has stood at the bread for ten minutes: please help",
    "at": "2026-03-04T12:10:00Z",
    "expires_at": "2026-03-04T12:20:00Z",
    "state": "open",
    "claimed_by": None,
    "claimed_at": None,
    "closed_at": None,
    "result": None,
}
_WAIT: JsonDict = {
    "pseudonym": "k3v9x2aq",
    "campaign_version": 3,
    "zone": "bakery",
    "began_at": "2026-03-04T12:00:00Z",
    "due_at": "2026-03-04T12:10:00Z",
    "state": "fired",
    "ended_by": "timeout",
    "ended_at": "2026-03-04T12:10:00Z",
    "decision_id": "k3exampledecision",
}


class StaffTaskAnswer(Answer):
    """One task: where, whom under a pseudonym, and what the campaign asks for."""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(_TASK)]})

    task_id: str
    decision_id: str
    campaign: str
    pseudonym: str
    zone: str | None
    message: str
    at: datetime
    expires_at: datetime
    state: TaskState
    claimed_by: str | None
    claimed_at: datetime | None
    closed_at: datetime | None
    result: TaskResult | None


class StaffTaskListAnswer(Answer):
    """Tasks, newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"tasks": [dict(_TASK)]}]})

    tasks: list[StaffTaskAnswer]


class CloseTaskBody(Body):
    """What came of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"result": "helped"}]})

    result: TaskResult


class WaitAnswer(Answer):
    """One wait; `ended_by` as docs/campaigns.md lists them."""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(_WAIT)]})

    pseudonym: str
    campaign_version: int
    zone: str | None
    began_at: datetime
    due_at: datetime
    state: WaitState
    ended_by: str | None
    ended_at: datetime | None
    decision_id: str | None


class WaitListAnswer(Answer):
    """How many wait or have waited, by how it ended, and the newest ones."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"counts": {"waiting": 3, "timeout": 1}, "waits": [dict(_WAIT)]}]
        }
    )

    counts: dict[str, int]
    waits: list[WaitAnswer]
