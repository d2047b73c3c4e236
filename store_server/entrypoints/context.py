"""What every HTTP door holds: settings, the live rooms, and the two ways to run a flow."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from proximity_wire.messages import GatewayConfig
from store_server.clock import SystemClock
from store_server.entrypoints.gateway_accounts import GatewayAccounts
from store_server.entrypoints.live_past import LivePast
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import Scope
from store_server.outbox.attempt import AttemptOutcome, Claim
from store_server.outbox.lane import LaneState
from store_server.settings import Settings
from store_server.writer import Priority, Reader, Writer

T = TypeVar("T")


def _nothing() -> None:
    """Nobody waits."""


def _not_published(_config: GatewayConfig) -> bool:
    """There is no broker."""
    return False


@dataclass(frozen=True, slots=True)
class ServerContext:
    """One store server, as its doors see it. The composition root makes it.

    wake_deliveries: tells the delivery threads that something was queued; called after a write
        that may have queued a notification, from any thread.
    send_claim: makes one try to deliver, on the thread that calls it; None where this server
        delivers nothing.
    lanes: how the ways to endpoints stand that were sent to since the start.
    publish_config: publishes a gateway's configuration; False when the broker is away, which then
        gets it when it is back.
    system_now: the wall clock; logins and tokens live by it, also in a simulated day.
    accounts: gateways at the broker; None where this server has no broker.
    past: the last hour of the floor, in memory.
    """

    settings: Settings
    scope: Scope
    writer: Writer[StoreLive]
    reader: Reader[StoreLive]
    rooms: StoreRooms
    wake_deliveries: Callable[[], None] = _nothing
    send_claim: Callable[[Claim], AttemptOutcome] | None = None
    lanes: Callable[[], Mapping[str, LaneState]] = dict
    publish_config: Callable[[GatewayConfig], bool] = _not_published
    system_now: Callable[[], datetime] = SystemClock().now
    accounts: GatewayAccounts | None = None
    past: LivePast = field(default_factory=LivePast)

    @property
    def simulated(self) -> bool:
        """Whether the store's day is a simulated or replayed one."""
        return self.settings.clock.mode == "event"

    async def write(
        self,
        priority: Priority,
        flow: Callable[..., T],
        **arguments: Any,  # noqa: ANN401 - what the flow takes is the flow's own signature
    ) -> T:
        """The answer of a write flow, after its commit.

        Raises:
            TooMany: the writer's queue is full.
        """
        return await asyncio.wrap_future(self.writer.submit(priority, flow, **arguments))

    async def read(
        self,
        flow: Callable[..., T],
        **arguments: Any,  # noqa: ANN401 - what the flow takes is the flow's own signature
    ) -> T:
        """The answer of a read flow; the loop goes on meanwhile."""
        return await asyncio.to_thread(partial(self.reader.read, flow, **arguments))
