"""The timetable: what has to happen though nobody asks.

APScheduler only ticks. The work is a flow in the writer, idempotent, so that a double tick or a
missed one is harmless; a tick while the last one still waits is left out.
"""

from collections.abc import Callable
from concurrent.futures import Future

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from store_server.errors import TooMany, fault_of
from store_server.flows.advance_presence import advance_presence
from store_server.flows.correct_history import correct_history
from store_server.flows.deliver_notifications import expire_notifications
from store_server.flows.end_waits import drop_old_waits, run_waits
from store_server.flows.expire_coupons import expire_coupons
from store_server.flows.journal_presence import checkpoint_presence
from store_server.flows.roll_identities import roll_identities
from store_server.flows.rooms import StoreLive
from store_server.flows.run_schedules import drop_old_asks, run_schedules
from store_server.flows.take_events import expire_events
from store_server.flows.turn_campaigns import turn_campaigns
from store_server.flows.watch_fleet import watch_fleet
from store_server.writer import Priority, Writer

log = structlog.get_logger(__name__)

# (seconds between ticks, flow). Time passes each second; a restart replays what came since the
# last checkpoint; a table of ids is good for a period of
# 1,024 s on either side, so looking every 5 s is early even in a day that runs 50 times faster.
TIMETABLE: tuple[tuple[float, Callable[..., object]], ...] = (
    (1.0, advance_presence),
    (1.0, turn_campaigns),
    (1.0, run_schedules),
    (3600.0, drop_old_asks),
    (1.0, run_waits),
    (3600.0, drop_old_waits),
    (5.0, roll_identities),
    (5.0, expire_notifications),
    (60.0, expire_coupons),
    (600.0, expire_events),
    (15.0, watch_fleet),
    (10.0, checkpoint_presence),
    (5.0, correct_history),
)
LOOK_EVERY_S = 5.0
LOOK_SELDOM_EVERY_S = 300.0
# A flow that answers how much is left, and is called again at once until nothing is.
IN_SLICES = frozenset(
    {checkpoint_presence, expire_events, correct_history, run_schedules, run_waits}
)


class Timetable:
    """Ticks for one store."""

    def __init__(
        self,
        writer: Writer[StoreLive],
        *,
        look: Callable[[], object] | None = None,
        look_seldom: Callable[[], object] | None = None,
        look_at_drop: Callable[[], object] | None = None,
    ) -> None:
        """Make it; the looks run on a thread of the timetable.

        `look` and `look_at_drop` are called every `LOOK_EVERY_S`, `look_seldom` every
        `LOOK_SELDOM_EVERY_S`.
        """
        self._writer = writer
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._last: dict[str, Future[object]] = {}
        for seconds, flow in TIMETABLE:
            self._scheduler.add_job(
                self._tick, "interval", seconds=seconds, args=[flow], id=_name(flow), coalesce=True
            )

        looks = (
            ("look", look, LOOK_EVERY_S),
            ("look_at_drop", look_at_drop, LOOK_EVERY_S),
            ("look_seldom", look_seldom, LOOK_SELDOM_EVERY_S),
        )
        for name, called, seconds in looks:
            if called is not None:
                self._scheduler.add_job(
                    called, "interval", seconds=seconds, id=name, coalesce=True, max_instances=1
                )

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """No more ticks; what is queued is still done."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _tick(self, flow: Callable[..., object]) -> None:
        name = _name(flow)
        waiting = self._last.get(name)
        if waiting is not None and not waiting.done():
            return
        try:
            self._last[name] = self._writer.submit(Priority.SIGHTINGS, flow)
        except TooMany:
            log.warning("job left out, server busy", job=name)
            return
        self._last[name].add_done_callback(lambda done: self._done(flow, done))

    def _done(self, flow: Callable[..., object], done: Future[object]) -> None:
        _report(_name(flow), done)
        if flow in IN_SLICES and not done.cancelled() and not done.exception() and done.result():
            self._tick(flow)


def _name(flow: Callable[..., object]) -> str:
    return str(getattr(flow, "__name__", flow))


def _report(name: str, done: Future[object]) -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        log.error("job failed", job=name, error=fault_of(error))
