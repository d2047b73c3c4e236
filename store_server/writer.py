"""The one writer: every change of the database and of the live state goes through this thread.

Flows are queued by priority (till before app before sightings) and run one after another, each
in a savepoint, several in one transaction: a commit with synchronous=FULL waits for the disk,
and the wait is shared. A group is closed after `GROUP_WORK_S` of work, so that a till never
waits behind more than that. A flow that raises is rolled back alone; its future carries the
error. Results are handed out after the commit and after the live state is published, so
whoever has an answer can rely on it.
"""

import itertools
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, Generic, Protocol, TypeVar

import structlog
from sqlalchemy import Engine

from store_server.database import UnitOfWork, read_only, unit_of_work
from store_server.errors import TooMany, fault_of

log = structlog.get_logger(__name__)

L = TypeVar("L")
T = TypeVar("T")

# A group takes at most 20 ms of work, then yields: docs/decisions/0006-one-writer-thread.md.
GROUP_WORK_S = 0.020
QUEUE_LIMIT = 5_000


class Priority(IntEnum):
    """Who goes first: a till has a queue of people, a sighting comes again in a second."""

    TILL = 0
    APP = 1
    SIGHTINGS = 2


class LiveRooms(Protocol[L]):
    """What the writer needs of a store: its published state, and what time it is there."""

    live: L

    def now(self, live: L) -> datetime:
        """The instant that rules go by, given the live state."""
        ...


@dataclass(order=True, slots=True)
class _Job:
    priority: int
    number: int
    flow: Callable[..., Any] | None = field(compare=False)
    arguments: dict[str, Any] = field(compare=False)
    future: Future[Any] = field(compare=False)
    ends_group: bool = field(default=False, compare=False)


class Writer(Generic[L]):
    """Runs write flows `flow(uow, rooms, *, now, ...)` one at a time on a thread of its own."""

    def __init__(self, engine: Engine, rooms: LiveRooms[L], *, limit: int = QUEUE_LIMIT) -> None:
        self._engine = engine
        self._rooms = rooms
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue(limit)
        self._numbers = itertools.count()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is queued, then end."""
        if self._thread.is_alive():
            self._jobs.put(_Job(99, next(self._numbers), None, {}, Future()))
            self._thread.join()

    @property
    def waiting(self) -> int:
        """How many flows are queued."""
        return self._jobs.qsize()

    def submit(
        self,
        priority: Priority,
        flow: Callable[..., T],
        *,
        wait_s: float = 0.0,
        **arguments: Any,  # noqa: ANN401 - what the flow takes is the flow's own signature
    ) -> Future[T]:
        """Queue `flow`; the future ends after its commit.

        Args:
            priority: who goes first.
            flow: called as `flow(uow, rooms, now=..., **arguments)`.
            wait_s: how long to wait for room in a full queue.
            arguments: handed to the flow.

        Raises:
            TooMany: the queue is full.
        """
        job = _Job(int(priority), next(self._numbers), flow, arguments, Future())
        self._put(job, wait_s=wait_s)
        return job.future

    def submit_last(
        self,
        priority: Priority,
        flow: Callable[..., T],
        **arguments: Any,  # noqa: ANN401 - see `submit`
    ) -> Future[T]:
        """As `submit`, and nothing comes between the flow and the commit: it ends its group.

        Raises:
            TooMany: the queue is full.
        """
        job = _Job(int(priority), next(self._numbers), flow, arguments, Future(), ends_group=True)
        self._put(job, wait_s=0.0)
        return job.future

    def _put(self, job: _Job, *, wait_s: float) -> None:
        try:
            self._jobs.put(job, block=wait_s > 0, timeout=wait_s or None)
        except queue.Full:
            raise TooMany("the server is busy; try again in a second", code="busy") from None

    def _run(self) -> None:
        stopping = False
        while not stopping:
            stopping = self._run_group(self._jobs.get())

    def _run_group(self, first: _Job) -> bool:
        """One transaction; True when the writer is to end."""
        done: list[tuple[_Job, Any]] = []
        stopping = False
        try:
            with unit_of_work(self._engine, self._rooms.live) as group:
                until = time.monotonic() + GROUP_WORK_S
                job: _Job | None = first
                while job is not None:
                    if job.flow is None:
                        stopping = True
                        break
                    self._run_one(job, group, done)
                    job = None if job.ends_group else self._next(until)
        except Exception as error:  # noqa: BLE001 - the group is lost, the writer is not
            log.error("transaction failed", flows=len(done), error=fault_of(error))
            for job, _ in done:
                job.future.set_exception(error)
            if not done and first.flow is not None and not first.future.done():
                first.future.set_exception(error)
            return stopping
        self._rooms.live = group.live
        for action in group.actions:
            self._act(action)
        for job, result in done:
            job.future.set_result(result)
        return stopping

    def _run_one(self, job: _Job, group: UnitOfWork[L], done: list[tuple[_Job, Any]]) -> None:
        if job.flow is None or not job.future.set_running_or_notify_cancel():
            return
        inner = UnitOfWork(group.session, group.live)
        try:
            with group.session.begin_nested():
                now = self._rooms.now(inner.live)
                result = job.flow(inner, self._rooms, now=now, **job.arguments)
        except Exception as error:  # noqa: BLE001 - whoever asked is told; the others in the group go on
            job.future.set_exception(error)
            return
        group.live = inner.live
        group.actions.extend(inner.actions)
        done.append((job, result))

    def _next(self, until: float) -> _Job | None:
        if time.monotonic() >= until:
            return None
        try:
            return self._jobs.get_nowait()
        except queue.Empty:
            return None

    def _act(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001 - the commit stands; what follows it is tried again by its owner
            log.error("action after commit failed", error=fault_of(error))


class Reader(Generic[L]):
    """Runs read flows on a connection of its own, from any thread, on published state only."""

    def __init__(self, engine: Engine, rooms: LiveRooms[L]) -> None:
        self._engine = engine
        self._rooms = rooms

    def read(self, flow: Callable[..., T], **arguments: Any) -> T:  # noqa: ANN401 - see Writer
        """The answer of `flow(uow, rooms, now=..., **arguments)` in one read transaction."""
        live = self._rooms.live
        with read_only(self._engine, live) as uow:
            return flow(uow, self._rooms, now=self._rooms.now(live), **arguments)


__all__ = ["LiveRooms", "Priority", "Reader", "Writer"]
