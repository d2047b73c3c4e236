"""Agent: what a burst or a step of the clock becomes, with the uplink's port faked."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest

from edge_agent.advert import Advert, Burst, Tick
from edge_agent.agent import Agent
from edge_agent.batching import MOST_ROWS
from edge_agent.clocks import FeedClock, GatewayClock
from edge_agent.errors import EdgeAgentError, SourceError
from edge_agent.health import UplinkStatus
from edge_agent.hearing import Hearing
from edge_agent.settings import EdgeSettings, GatewaySettings, WindowSettings
from edge_agent.spool import NewBatch
from edge_agent.windows import WindowTable
from tests.edge_agent.builders import BOOT_ID, NOON_MS, StandingClock, an_advert


class FakeUplink:
    """Keeps what it is offered; dies on demand."""

    def __init__(self) -> None:
        self.batches: list[NewBatch] = []
        self.is_alive = True
        self.status = UplinkStatus(spool_id="a" * 32)

    def start(self) -> None: ...

    def stop(self, *, timeout_s: float) -> None: ...

    def offer(self, batch: NewBatch) -> bool:
        self.batches.append(batch)
        return True


class FakeSource:
    """Yields what it is given, then fails or ends."""

    def __init__(self, *bursts: Burst, fails: bool = False) -> None:
        self.dropped: Counter[str] = Counter()
        self.radio = None
        self._bursts = bursts
        self._fails = fails

    async def bursts(self) -> AsyncIterator[Burst]:
        for burst in self._bursts:
            yield burst
        if self._fails:
            raise SourceError("no radio")


def an_agent(clock: object, source: FakeSource | None = None) -> tuple[Agent, FakeUplink]:
    uplink = FakeUplink()
    settings = EdgeSettings(
        gateway=GatewaySettings(org="acme", store="s1", gateway="gw-1"),
        window=WindowSettings(seconds=0.5),
    )
    ports = SimpleNamespace(clock=clock, uplink=uplink)
    agent = Agent(
        settings,
        source=source or FakeSource(),
        clock=ports.clock,
        hearing=Hearing(WindowTable(window_ms=500, forget_ms=10_000, most=1_000)),
        uplink=ports.uplink,
        boot_id=BOOT_ID,
    )
    return agent, uplink


def run_until(agent: Agent, uplink: FakeUplink, batches: int) -> None:
    async def run() -> None:
        stop = asyncio.Event()
        ports = SimpleNamespace(signs=SimpleNamespace(tell=lambda _now_s: None))
        running = asyncio.create_task(agent.run(stop, signs=ports.signs))
        while len(uplink.batches) < batches and not running.done():
            await asyncio.sleep(0.01)
        stop.set()
        await running

    asyncio.run(asyncio.wait_for(run(), 10))


def test_only_the_last_batch_of_a_tick_carries_the_new_time() -> None:
    agent, uplink = an_agent(FeedClock())
    eids = [f"{number:016x}" for number in range(MOST_ROWS + 1)]
    for at_ms in (NOON_MS, NOON_MS + 1):
        agent.take([an_advert(at_ms, eid=eid) for eid in eids])

    agent.take(Tick(NOON_MS + 1_000))

    stamps = [batch.spooled_at_ms - NOON_MS for batch in uplink.batches]
    assert stamps == [0, 0, 0, 1_000]


def test_a_burst_that_fails_does_not_end_hearing() -> None:
    broken = [Advert("no time", "x", b"", -60)]  # type: ignore[arg-type]  # a fault of ours
    source = FakeSource(broken, [an_advert()])
    agent, uplink = an_agent(FeedClock(), source)

    run_until(agent, uplink, 1)

    assert len(uplink.batches) == 1


def test_windows_close_by_the_clock_of_the_system() -> None:
    clock = StandingClock()
    source = FakeSource([an_advert(), an_advert(NOON_MS + 1)])
    agent, uplink = an_agent(clock, source)
    clock.at_ms = NOON_MS + 600

    run_until(agent, uplink, 2)

    assert len(uplink.batches) == 2


def test_a_clock_that_is_put_back_leaves_no_window_open() -> None:
    clock = StandingClock(NOON_MS)
    agent, uplink = an_agent(clock)
    agent.take([an_advert(), an_advert(NOON_MS + 1)])
    agent._advance()

    clock.at_ms = NOON_MS - 3_600_000
    agent._advance()

    assert len(uplink.batches) == 2


@pytest.mark.parametrize("clock", [FeedClock(), StandingClock(None)])
def test_without_a_known_time_nothing_is_claimed(clock: GatewayClock) -> None:
    agent, uplink = an_agent(clock)

    agent._offer(agent._hearing.hear([an_advert()]))

    assert uplink.batches == []


def test_a_source_that_cannot_be_opened_ends_the_agent() -> None:
    agent, uplink = an_agent(FeedClock(), FakeSource(fails=True))

    with pytest.raises(SourceError):
        run_until(agent, uplink, 1)


def test_an_uplink_that_died_ends_the_agent() -> None:
    agent, uplink = an_agent(StandingClock())
    uplink.is_alive = False

    with pytest.raises(EdgeAgentError, match="uplink"):
        run_until(agent, uplink, 1)
