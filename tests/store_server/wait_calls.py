"""Calls of every public method of the repositories of waits and of the tasks of the staff."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from store_server.offers.step import AwaitedKind
from store_server.offers.wait import WaitEnd
from store_server.outbox.staff_task import TaskResult
from tests.store_server.flows.wait_builders import a_task, a_wait
from tests.store_server.offers.builders import FAR_OFF, NOON

Call = Callable[[Any], object]
ANN: Any = "ann"
EARLY, LATER = datetime(2020, 1, 1, tzinfo=UTC), NOON + timedelta(days=9)
# A shopper waits once in a campaign, so `every_table` gives each store a campaign of its own.
OURS: Any = "campaign-demo"


def _drop_refused(repository: Any) -> object:
    repository.end(repository.due(FAR_OFF, limit=9), WaitEnd.REENTRY, at=NOON)
    return repository.drop_refused(before=FAR_OFF)


def _close(repository: Any) -> object:
    repository.claim("staff_task-ann", by="eve", at=EARLY)
    return repository.close("staff_task-ann", by="eve", at=NOON, result=TaskResult.HELPED)


WAIT_READS: dict[str, Call] = {
    "WaitRepository.last_entries": lambda r: r.last_entries([OURS, "campaign-other"], [ANN]),
    "WaitRepository.awaiting": lambda r: r.awaiting(AwaitedKind.ZONE_ENTER, [ANN]),
    "WaitRepository.due": lambda r: r.due(FAR_OFF, limit=9),
    "WaitRepository.page": lambda r: r.page(limit=9),
    "WaitRepository.of_decisions": lambda r: r.of_decisions(["decision-ann"]),
    "WaitRepository.counts": lambda r: r.counts(OURS),
    "StaffTaskRepository.find": lambda r: r.find("staff_task-ann"),
    "StaffTaskRepository.page": lambda r: r.page(limit=9),
}
WAIT_WRITES: dict[str, Call] = {
    "WaitRepository.begin": lambda r: r.begin([a_wait("new")]),
    "WaitRepository.end": lambda r: r.end(r.due(FAR_OFF, limit=9), WaitEnd.TIMEOUT, at=NOON),
    "WaitRepository.decided": lambda r: r.decided("journey_wait-ann", "new"),
    "WaitRepository.cancel_campaign": lambda r: r.cancel_campaign(
        OURS, WaitEnd.CAMPAIGN_PAUSED, at=NOON
    ),
    "WaitRepository.cancel_store": lambda r: r.cancel_store(WaitEnd.KILL_SWITCH, at=NOON),
    "WaitRepository.cancel_shopper": lambda r: r.cancel_shopper(
        ANN, WaitEnd.CONSENT_WITHDRAWN, at=NOON
    ),
    "WaitRepository.forget": lambda r: r.forget(ANN, at=NOON),
    "WaitRepository.drop_refused": _drop_refused,
    "StaffTaskRepository.add": lambda r: r.add([a_task("new")]),
    "StaffTaskRepository.claim": lambda r: r.claim("staff_task-ann", by="eve", at=EARLY),
    "StaffTaskRepository.close": _close,
    "StaffTaskRepository.drop_open": lambda r: r.drop_open(ANN),
    "StaffTaskRepository.forget": lambda r: r.forget(ANN),
}
WAIT_SPANNING = {
    "WaitRepository.last_entries",
    "WaitRepository.cancel_shopper",
    "WaitRepository.cancel_campaign",
    "WaitRepository.forget",
    "StaffTaskRepository.drop_open",
    "StaffTaskRepository.forget",
}
