"""Who walks a simulated shopper through the store by hand, and where to: console to simulator.

The console says where; a simulator that listens (`GET /v1/simulation/walks`) moves the shopper
there in its own world, lets the phone send and hear, and so on, by the real way. Kept in
memory: a walk is over when its page was not looked at for a while, or the server stops.
`revision` grows with every change; a listener asks for what came after the one it knows.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from fastapi import Request

from store_server.entrypoints.context import ServerContext
from store_server.errors import Conflict, NotFound
from store_server.ids import ShopperId

# A page asks several times a second; one without JavaScript only when it is loaded.
IDLE_S = 600.0
# A simulator asks again at once; one that was not heard for so long is gone.
DEAF_S = 40.0
MOST_WALKS = 8


@dataclass(frozen=True, slots=True)
class GuidedWalk:
    """One walk: whose, as which shopper, and where the shopper stands (metres); None: outside.

    began_at: by the store's clock. looked_s: monotonic seconds of the last look at the page.
    """

    user: str
    shopper: ShopperId
    began_at: datetime
    looked_s: float
    at: tuple[float, float] | None = None


@dataclass(slots=True)
class GuidedWalks:
    """The walks of one store, by user. Used by the event loop alone."""

    monotonic: Callable[[], float]
    revision: int = 0
    _walks: dict[str, GuidedWalk] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _heard_s: float | None = None

    @property
    def listened_to(self) -> bool:
        """Whether a simulator asked lately."""
        return self._heard_s is not None and self.monotonic() - self._heard_s < DEAF_S

    def begin(self, user: str, shopper: ShopperId, *, at: datetime) -> GuidedWalk:
        """A new walk of this user, in place of an earlier one.

        Raises:
            Conflict: too many walk already.
        """
        self._sweep()
        if user not in self._walks and len(self._walks) >= MOST_WALKS:
            raise Conflict(
                f"{MOST_WALKS} shoppers are walked already; let one of them leave first",
                code="too_many_walks",
            )
        walk = GuidedWalk(user, shopper, at, self.monotonic())
        self._put(walk)
        return walk

    def move(self, user: str, to: tuple[float, float]) -> None:
        """The user's shopper stands there from the simulator's next second on.

        Raises:
            NotFound: the user walks nobody.
        """
        self._put(replace(self._require(user), at=to, looked_s=self.monotonic()))

    def end(self, user: str) -> None:
        """The user's shopper leaves; nothing when there is none."""
        if self._walks.pop(user, None) is not None:
            self._tell()

    def of(self, user: str) -> GuidedWalk | None:
        """The user's walk, which is looked at now."""
        walk = self._walks.get(user)
        if walk is not None:
            self._walks[user] = replace(walk, looked_s=self.monotonic())
        return walk

    async def after(self, revision: int, *, wait_s: float) -> tuple[GuidedWalk, ...]:
        """All walks, as soon as they are not those of `revision` any more, or after `wait_s`."""
        self._heard_s = self.monotonic()
        self._sweep()
        if revision == self.revision and wait_s > 0:
            changed = self._changed
            try:
                await asyncio.wait_for(changed.wait(), wait_s)
            except TimeoutError:
                self._sweep()
            self._heard_s = self.monotonic()
        return tuple(self._walks.values())

    def _require(self, user: str) -> GuidedWalk:
        walk = self._walks.get(user)
        if walk is None:
            raise NotFound("you walk no shopper; begin first", code="no_walk")
        return walk

    def _put(self, walk: GuidedWalk) -> None:
        self._walks[walk.user] = walk
        self._tell()

    def _sweep(self) -> None:
        now_s = self.monotonic()
        for user, walk in tuple(self._walks.items()):
            if now_s - walk.looked_s > IDLE_S:
                self.end(user)

    def _tell(self) -> None:
        self.revision += 1
        before, self._changed = self._changed, asyncio.Event()
        before.set()


def walks_of(request: Request) -> GuidedWalks:
    """The walks of this application."""
    walks = request.app.state.walks
    assert isinstance(walks, GuidedWalks)
    return walks


def require_simulated(context: ServerContext) -> None:
    """Let pass in a store whose day is simulated.

    Raises:
        Conflict: real shoppers are here; nobody is walked among them.
    """
    if not context.simulated:
        raise Conflict(
            'shoppers are walked by hand only in a simulated store ([clock] mode = "event")',
            code="not_simulated",
        )
