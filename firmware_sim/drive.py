"""Drives a world into a running store: tick by tick, paced by the wall clock or in lockstep.

One simulated second is:  phones post -> gateways are fed -> tick -> [store is done] -> webhooks
are read -> shoppers open and pay. With `lockstep` the bracket is waited for, so that the same
seed makes the same decisions; without it, `speed` alone says when the next second comes.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from firmware_sim.errors import OutletError
from firmware_sim.events import Tick
from firmware_sim.ground_truth import GroundTruth
from firmware_sim.guided import Guided
from firmware_sim.journal import Journal
from firmware_sim.latency import Latencies
from firmware_sim.outage_play import OutagePlay
from firmware_sim.ports import GatewayFeed, StoreApi, Webhook, WebhookInbox
from firmware_sim.progress import Progress, read_progress
from firmware_sim.retailer import Retailer
from firmware_sim.world import World

log = structlog.get_logger(__name__)

PROGRESS_PATH = "/v1/ops/progress"
POLL_S = 0.004
CAUGHT_UP_WITHIN_S = 30.0
WATCH_EVERY_S = 0.5
RENEW_TOKENS_S = 600.0  # they live 15 minutes


@dataclass(frozen=True, slots=True)
class Outside:
    """Everything that a drive talks to; `guided`: who is led by hand, and where to."""

    feeds: Mapping[str, GatewayFeed]
    api: StoreApi
    inbox: WebhookInbox
    retailer: Retailer
    outages: OutagePlay | None = None
    guided: Callable[[], Sequence[Guided]] = tuple


@dataclass(slots=True)
class Driven:
    """How far a drive has come."""

    ticks: int = 0
    last_tick_ms: int = 0
    adverts_sent: int = 0
    adverts_heard: int = 0
    behind_s: float = 0.0
    first_dot_s: float | None = None
    caught_up: bool = False
    stopped: bool = False
    progress: Progress | None = None


Watch = Callable[[Driven], None]


class Drive:
    """One run of a world against a store; `stop` may be set from a signal handler."""

    def __init__(
        self,
        world: World,
        outside: Outside,
        *,
        journal: Journal,
        truth: GroundTruth,
        lockstep: bool,
        watch: Watch,
    ) -> None:
        self.stop = threading.Event()
        self.latencies = Latencies()
        self.driven = Driven(last_tick_ms=world.now_ms)
        self._world = world
        self._outside = outside
        self._journal = journal
        self._truth = truth
        self._lockstep = lockstep
        self._watch = watch
        self._watched_s = 0.0
        self._deaf: set[str] = set()
        self._signed_in_s = time.monotonic()

    def run(self, ticks: int) -> Driven:
        """Drive that many seconds, then wait until the store has done all of it."""
        started_s = time.monotonic()
        self._feed_tick(self._world.now_ms)
        for number in range(1, ticks + 1):
            if self.stop.is_set():
                self.driven.stopped = True
                break
            self._play_outages(number)
            self._world.guide(self._outside.guided())
            self._second(self._world.step())
            self._look(started_s)
            if not self._lockstep:
                self._keep_pace(started_s + number / self._world.scenario.speed)
        self._end_outages()
        self.driven.caught_up = self._catch_up(self.driven.last_tick_ms)
        self._settle(self.driven.last_tick_ms)
        self._watch(self.driven)
        return self.driven

    def _second(self, tick: Tick) -> None:
        retailer = self._outside.retailer
        self._journal.tick(tick)
        self._truth.take(tick)
        self.driven.ticks += 1
        self.driven.adverts_sent += tick.adverts_sent
        self.driven.adverts_heard += tick.adverts_heard
        retailer.report(tick.reports, in_order=self._lockstep)
        for gateway, heard in tick.heard.items():
            if heard and gateway in self._outside.feeds:
                self._outside.feeds[gateway].send_adverts(heard)
        self._feed_tick(tick.at_ms)
        if self._lockstep:
            self._catch_up(tick.at_ms)
        self._read_webhooks()
        retailer.live(tick.at_ms, tick.happenings)
        self.driven.last_tick_ms = tick.at_ms

    def _play_outages(self, second: float) -> None:
        if self._outside.outages is not None:
            self._outside.outages.play(second)

    def _end_outages(self) -> None:
        """Bring every gateway back; one without power hears the last tick when it has started."""
        outages = self._outside.outages
        if outages is None or not outages.silent:
            return
        outages.end()
        deadline = time.monotonic() + CAUGHT_UP_WITHIN_S
        while time.monotonic() < deadline:
            self._feed_tick(self.driven.last_tick_ms)
            if not self._deaf:
                return
            time.sleep(0.1)

    def _feed_tick(self, at_ms: int) -> None:
        for gateway, feed in self._outside.feeds.items():
            hears = feed.send_tick(at_ms)
            if not hears and gateway not in self._deaf:
                log.warning("gateway takes no adverts", gateway=gateway)
            (self._deaf.discard if hears else self._deaf.add)(gateway)
        self.latencies.tick_sent(at_ms, sent_s=time.monotonic())

    def _read_webhooks(self) -> None:
        webhooks = self._outside.inbox.drain()
        if self._lockstep:
            webhooks = sorted(webhooks, key=lambda one: one.webhook_id)
        for webhook in webhooks:
            instant = _trigger_ms(webhook)
            if instant is not None:
                self.latencies.webhook(instant, received_s=webhook.received_s)
        self._outside.retailer.receive(webhooks)

    def _settle(self, at_ms: int) -> None:
        """After the last tick: what is still on its way is read, and open baskets are posted."""
        for _ in range(3):
            self._read_webhooks()
            self._outside.retailer.live(at_ms, ())
            if not self._outside.retailer.unpaid:
                break
            time.sleep(0.2)
        self._refresh()

    def _catch_up(self, tick_ms: int) -> bool:
        deadline = time.monotonic() + CAUGHT_UP_WITHIN_S
        outages = self._outside.outages
        silent = outages.silent if outages is not None else frozenset()
        alive = [one for one in self._outside.feeds if one not in self._deaf | silent]
        lag: str | None = "the store server"
        while time.monotonic() < deadline:
            progress = self._refresh()
            lag = progress.lags(tick_ms, alive) if progress else "the store server"
            if lag is None:
                return True
            time.sleep(POLL_S)
        log.warning("store has not caught up", waiting_for=lag, tick_at_ms=tick_ms)
        return False

    def _refresh(self) -> Progress | None:
        try:
            self.driven.progress = read_progress(self._outside.api.get(PROGRESS_PATH))
        except OutletError:
            return None
        return self.driven.progress

    def _look(self, started_s: float) -> None:
        now_s = time.monotonic()
        if now_s - self._watched_s < WATCH_EVERY_S:
            return
        self._watched_s = now_s
        self._renew_tokens(now_s)
        progress = self._refresh()
        seen = progress is not None and progress.counts.get("zone_events", 0) > 0
        if seen and self.driven.first_dot_s is None:
            self.driven.first_dot_s = now_s - started_s
        self._watch(self.driven)

    def _renew_tokens(self, now_s: float) -> None:
        if now_s - self._signed_in_s < RENEW_TOKENS_S:
            return
        try:
            self._outside.retailer.sign_in()
            self._signed_in_s = now_s
        except OutletError as error:
            log.warning("tokens not renewed", error=str(error))

    def _keep_pace(self, due_s: float) -> None:
        ahead_s = due_s - time.monotonic()
        self.driven.behind_s = max(self.driven.behind_s, -ahead_s)
        if ahead_s > 0:
            self.stop.wait(ahead_s)


def _trigger_ms(webhook: Webhook) -> int | None:
    data = webhook.body.get("data")
    instant = data.get("trigger_at") if isinstance(data, dict) else None
    if not isinstance(instant, str):
        return None
    return round(datetime.fromisoformat(instant).timestamp() * 1000)
