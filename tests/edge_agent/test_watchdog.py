"""What the service manager's watchdog hears: signs of life while there is progress, else none."""

import asyncio
import contextlib
import socket
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from edge_agent.advert import Burst
from edge_agent.agent import Agent
from edge_agent.clocks import SystemClock
from edge_agent.health import Running, UplinkStatus
from edge_agent.hearing import Hearing
from edge_agent.service_notice import ServiceNotice
from edge_agent.settings import EdgeSettings, GatewaySettings, WindowSettings
from edge_agent.vital_signs import Parts, VitalSigns
from edge_agent.windows import WindowTable
from tests.edge_agent.builders import BOOT_ID, NOON_MS

ALIVE = b"WATCHDOG=1"
# A sign is due every 0.1 s; the agent's loop looks four times a second.
ENVIRON = {"WATCHDOG_USEC": "300000"}
SILENCE_S = 1.0
SETTINGS = EdgeSettings(
    gateway=GatewaySettings(org="acme", store="s1", gateway="gw-1"),
    window=WindowSettings(seconds=0.5),
)


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(10)
        yield manager


class HangingSource:
    """When told to `hang`, holds the loop as a call that never returns, until let go of."""

    def __init__(self) -> None:
        self.dropped: Counter[str] = Counter()
        self.radio = None
        self.hang, self.hangs, self.let_go = (threading.Event() for _ in range(3))

    async def bursts(self) -> AsyncIterator[Burst]:
        """Nothing is heard, and then nothing happens at all."""
        await asyncio.to_thread(self.hang.wait, 20)
        self.hangs.set()
        self.let_go.wait(20)
        yield []


def a_clock() -> SystemClock:
    """It stands at noon."""
    return SystemClock(
        utc_ns=lambda: NOON_MS * 1_000_000, monotonic_ns=lambda: 0, kernel_says=lambda: None
    )


class Gateway:
    """An agent and its vital signs; the uplink is a fake whose thread may be stuck."""

    def __init__(self, manager: socket.socket) -> None:
        self.source = HangingSource()
        self.uplink = SimpleNamespace(
            idle_s=0.0, is_alive=True, status=UplinkStatus(spool_id="a" * 32)
        )
        for name in ("start", "stop", "publish_health", "offer"):
            setattr(self.uplink, name, lambda *_, **__: True)
        hearing = Hearing(WindowTable(window_ms=500, forget_ms=10_000, most=100))
        ports = SimpleNamespace(clock=a_clock(), uplink=self.uplink, source=self.source)
        self._agent = Agent(
            SETTINGS,
            source=ports.source,
            clock=ports.clock,
            hearing=hearing,
            uplink=ports.uplink,
            boot_id=BOOT_ID,
        )
        parts = Parts(hearing, ports.uplink, ports.clock, dropped=Counter, radio=lambda: None)
        notice = ServiceNotice({**ENVIRON, "NOTIFY_SOCKET": manager.getsockname()})
        self.signs = VitalSigns(SETTINGS, parts, running=Running(BOOT_ID, "1"), notice=notice)
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._agent.run(self._stop, signs=self.signs)

    def __enter__(self) -> "Gateway":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.source.hang.set()
        self.source.let_go.set()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)


def next_sign(manager: socket.socket) -> bytes:
    while (said := manager.recv(200)) != ALIVE:
        pass
    return said


def said_so_far(manager: socket.socket) -> list[bytes]:
    """What waits in the socket."""
    manager.setblocking(False)
    said = []
    with contextlib.suppress(BlockingIOError):
        while True:
            said.append(manager.recv(200))
    return said


def test_a_loop_that_hangs_gives_no_sign_of_life_until_it_goes_on(manager: socket.socket) -> None:
    with Gateway(manager) as gateway:
        assert [next_sign(manager) for _ in range(3)] == [ALIVE] * 3

        gateway.source.hang.set()
        assert gateway.source.hangs.wait(10)
        said_so_far(manager)
        manager.settimeout(SILENCE_S)
        with pytest.raises(TimeoutError):
            manager.recv(200)

        gateway.source.let_go.set()
        manager.settimeout(10)
        assert next_sign(manager) == ALIVE


@pytest.mark.parametrize(("idle_s", "signs"), [(0.5, [ALIVE]), (31.0, [])])
def test_an_uplink_whose_thread_hangs_silences_the_signs(
    manager: socket.socket, idle_s: float, signs: list[bytes]
) -> None:
    gateway = Gateway(manager)
    gateway.uplink.idle_s = idle_s

    gateway.signs.tell(1_000_000.0)

    assert [one for one in said_so_far(manager) if one == ALIVE] == signs
