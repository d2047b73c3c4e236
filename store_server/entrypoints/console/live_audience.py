"""Everybody who watches the live plan: each tick is encoded once, whatever their number.

    nobody --first watcher--> ticking --last watcher leaves--> nobody

Dots have no language; the board's words are made once for each language that somebody reads.
Each watcher has a short queue. Whoever does not read it fast enough is let go: a slow socket
must not make the others wait, nor fill the memory; the page connects again by itself.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from store_server.decisions.plural import spoken
from store_server.entrypoints.console.board_view import BoardView, board_view
from store_server.entrypoints.console.dot_frame import encode_dots
from store_server.entrypoints.console.languages import words_of
from store_server.entrypoints.context import ServerContext
from store_server.errors import StoreServerError
from store_server.flows.show_live import show_live
from store_server.flows.show_people import people_in
from store_server.flows.show_report import show_report
from store_server.reports.advice import say
from store_server.reports.lift import Lift

log = structlog.get_logger(__name__)

TICK_S = 0.5
# Numbers change slower than dots; the report reads every decision and receipt (2 s of CPU for
# 100,000 of each), so it is read once a minute.
TICKS_PER_BOARD = 4
TICKS_PER_REPORT = 120
QUEUED_FRAMES = 8

Frame = bytes | str


@dataclass(eq=False, slots=True)
class Watcher:
    """One socket's queue; None in it ends the socket."""

    language: str = "en"
    frames: asyncio.Queue[Frame | None] = field(
        default_factory=lambda: asyncio.Queue(QUEUED_FRAMES)
    )
    dropped: bool = False


class LiveAudience:
    """The watchers of one store, and the task that ticks while there are any."""

    def __init__(self, context: ServerContext, *, tick_s: float = TICK_S) -> None:
        self._context = context
        self._tick_s = tick_s
        self._watchers: set[Watcher] = set()
        self._task: asyncio.Task[None] | None = None
        self._marks: Mapping[str, int] = {}
        self._boards: dict[str, str] = {}
        self._dots: bytes | None = None
        self._lift: Lift | None = None
        self._lift_at_s = 0.0
        self.encodes = 0

    def join(self, language: str = "en") -> Watcher:
        """A new watcher, who gets the newest dots and board at once, every frame from now on."""
        watcher = Watcher(language)
        self._watchers.add(watcher)
        if self._dots is not None:
            self._give(watcher, self._dots)
        if language in self._boards:
            self._give(watcher, self._boards[language])
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._tick_while_watched())
        return watcher

    def leave(self, watcher: Watcher) -> None:
        """This watcher is gone."""
        self._watchers.discard(watcher)

    @property
    def size(self) -> int:
        """How many watch."""
        return len(self._watchers)

    async def board(self, language: str) -> BoardView:
        """The board now, for the page; what the report says is a minute old at the most."""
        if self._lift is None or self._loop_s() - self._lift_at_s >= self._report_s():
            await self._read_lift()
        return await self._read_board(language)

    def dots(self) -> bytes:
        """Everybody in the store now, for the page: it draws them before its socket is open."""
        return self._dots or self._encode()

    async def _tick_while_watched(self) -> None:
        tick = 0
        while self._watchers:
            await self._show(tick)
            tick += 1
            await asyncio.sleep(self._tick_s)
        self._boards, self._dots = {}, None

    async def _show(self, tick: int) -> None:
        """One tick: dots first, for they are there; a board has to be read, the report for long.

        A read that fails is logged and tried again with the next board.
        """
        self._dots = self._encode()
        self._give_all(self._dots)
        try:
            if tick % TICKS_PER_REPORT == 0:
                await self._read_lift()
            if tick % TICKS_PER_BOARD == 0:
                for language in {one.language for one in self._watchers}:
                    board = (await self._read_board(language)).to_json()
                    self._boards[language] = board
                    self._give_all(board, language)
        except (StoreServerError, OSError) as error:
            log.warning("live board not read", error=type(error).__name__)

    def _encode(self) -> bytes:
        rooms = self._context.rooms
        live = rooms.live
        self.encodes += 1
        at = rooms.now(live)
        people = people_in(live, at_t=at.timestamp())
        self._context.past.note(people, at=at)
        return encode_dots(people, plan=live.plan, scope=self._context.scope, marks=self._marks)

    async def _read_board(self, language: str) -> BoardView:
        board = await self._context.read(show_live, language=language)
        self._marks = board.marks
        return board_view(
            board,
            scope=self._context.scope,
            lift=self._lift_text(language),
            words=words_of(language),
            language=language,
        )

    async def _read_lift(self) -> None:
        self._lift = (await self._context.read(show_report)).lift
        self._lift_at_s = self._loop_s()

    def _report_s(self) -> float:
        return TICKS_PER_REPORT * self._tick_s

    @staticmethod
    def _loop_s() -> float:
        return asyncio.get_running_loop().time()

    def _lift_text(self, language: str) -> str:
        return "" if self._lift is None else say(self._lift.advice, language=spoken(language))

    def _give_all(self, frame: Frame, language: str | None = None) -> None:
        for watcher in tuple(self._watchers):
            if language in (None, watcher.language):
                self._give(watcher, frame)

    def _give(self, watcher: Watcher, frame: Frame) -> None:
        if watcher.dropped:
            return
        if watcher.frames.full():
            watcher.dropped = True
            watcher.frames.get_nowait()
            watcher.frames.put_nowait(None)
            self._watchers.discard(watcher)
            return
        watcher.frames.put_nowait(frame)
