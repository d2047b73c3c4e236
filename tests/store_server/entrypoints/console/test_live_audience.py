"""Everybody who watches: one encode a tick, and slow ones are let go."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from store_server.entrypoints.console.live_audience import QUEUED_FRAMES, LiveAudience, Watcher
from tests.store_server.entrypoints.web_builders import WebStore


def watch(web: WebStore, scene: Callable[[LiveAudience], Awaitable[None]]) -> LiveAudience:
    async def run() -> LiveAudience:
        audience = LiveAudience(web.context, tick_s=0.005)
        await asyncio.wait_for(scene(audience), 20)
        return audience

    return asyncio.run(run())


async def dots(watcher: Watcher, number: int) -> list[bytes]:
    """The next frames of dots."""
    found: list[bytes] = []
    while len(found) < number:
        frame = await watcher.frames.get()
        if isinstance(frame, bytes):
            found.append(frame)
    return found


def test_a_tick_is_encoded_once_however_many_watch(web: WebStore) -> None:
    seen: list[list[bytes]] = []

    async def scene(audience: LiveAudience) -> None:
        watchers = [audience.join() for _ in range(8)]
        seen.extend(await asyncio.gather(*(dots(one, 5) for one in watchers)))

    audience = watch(web, scene)

    assert 5 <= audience.encodes <= 6
    assert all(first is frames[0] for frames in seen for first in seen[0][:1])


def test_whoever_does_not_read_is_let_go_and_the_others_stay(web: WebStore) -> None:
    kept: list[int] = []

    async def scene(audience: LiveAudience) -> None:
        slow, quick = audience.join(), audience.join()
        await dots(quick, 3 * QUEUED_FRAMES)
        kept.append(audience.size)
        assert slow.dropped
        assert not quick.dropped

    watch(web, scene)

    assert kept == [1]


def test_whoever_comes_between_two_ticks_sees_the_dots_at_once(web: WebStore) -> None:
    first: list[bytes | str | None] = []

    async def scene(audience: LiveAudience) -> None:
        await dots(audience.join(), 1)
        first.append(audience.join().frames.get_nowait())

    watch(web, scene)

    assert isinstance(first[0], bytes)


def test_dots_do_not_wait_for_the_board(web: WebStore) -> None:
    kinds: list[type] = []

    async def scene(audience: LiveAudience) -> None:
        watcher = audience.join()
        kinds.extend([type(await watcher.frames.get()), type(await watcher.frames.get())])

    watch(web, scene)

    assert kinds == [bytes, str]


def test_nothing_ticks_while_nobody_watches(web: WebStore) -> None:
    counts: list[int] = []

    async def scene(audience: LiveAudience) -> None:
        watcher = audience.join()
        await dots(watcher, 2)
        audience.leave(watcher)
        assert audience._task is not None
        await audience._task
        counts.append(audience.encodes)

    audience = watch(web, scene)

    assert audience.encodes == counts[0]
    assert audience.size == 0


@pytest.mark.parametrize(("tick_s", "again"), [(10.0, False), (0.0, True)])
def test_a_page_reads_the_report_again_when_it_is_old(
    web: WebStore, *, tick_s: float, again: bool
) -> None:
    async def pages() -> bool:
        audience = LiveAudience(web.context, tick_s=tick_s)
        await audience.board("en")
        first = audience._lift
        assert first is not None
        await audience.board("es")
        return audience._lift is not first

    assert asyncio.run(pages()) is again
