"""Calls of every public method of the repository of schedules."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from store_server.ids import CampaignId
from store_server.offers.cron import Occurrence
from store_server.offers.schedule import OccurrenceState, OpenOccurrence
from tests.store_server.offers.builders import FAR_OFF, NOON

Call = Callable[[Any], object]
ANN: Any = "ann"
ANNS = OpenOccurrence(
    CampaignId("campaign-ann"), "occurrence-ann", NOON, OccurrenceState.DECIDING, ""
)
# Who waits is one key in the organisation, so `every_table` gives each store its own occurrence.
ASKS = replace(ANNS, name="occurrence-demo")

SCHEDULE_READS: dict[str, Call] = {
    "ScheduleRepository.known": lambda r: r.known("campaign-ann", ["occurrence-ann"]),
    "ScheduleRepository.take_next": lambda r: r.take_next(),
    "ScheduleRepository.waiting": lambda r: r.waiting(ASKS, limit=9),
    "ScheduleRepository.counts": lambda r: r.counts("campaign-ann"),
}


def _drop_settled(repository: Any) -> object:
    over = Occurrence("occurrence-demo", NOON)
    return repository.open("campaign-ann", [over]), repository.drop_settled(before=FAR_OFF)


SCHEDULE_WRITES: dict[str, Call] = {
    "ScheduleRepository.open": lambda r: r.open("campaign-ann", [Occurrence("new", NOON)]),
    "ScheduleRepository.ask": lambda r: r.ask(ASKS, ["new"]),
    "ScheduleRepository.settle": lambda r: r.settle(ASKS, [ANN]),
    "ScheduleRepository.move": lambda r: r.move(ANNS, OccurrenceState.DONE, decided=1),
    "ScheduleRepository.drop_settled": _drop_settled,
    "ScheduleRepository.forget": lambda r: r.forget(ANN),
}
