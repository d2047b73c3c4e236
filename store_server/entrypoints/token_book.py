"""Shopper tokens that were let in of late: who they speak for, without asking for each alone.

It only keeps strangers from the writer's queue: whether a token still stands is looked at once
more in the transaction that answers (`flows.pull_round`), so a token taken back opens nothing.
Tokens that are not known yet are looked up together: while one look-up runs the next gather.
"""

import asyncio
from collections import OrderedDict
from datetime import datetime

from store_server.entrypoints.context import ServerContext
from store_server.flows.authenticate import shoppers_behind
from store_server.ids import ShopperId

TOKENS_KEPT = 100_000
# SQLite takes 32,766 bound values in a statement.
LOOKED_UP_MOST = 1_000

_Standing = tuple[ShopperId, datetime]


class TokenBook:
    """Whose token it is and when it ends, by its hash; the longest unused goes first."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context
        self._known: OrderedDict[str, _Standing] = OrderedDict()
        self._wanted: dict[asyncio.AbstractEventLoop, dict[str, asyncio.Future[bool]]] = {}

    async def shopper_of(self, token_hash: str, *, now: datetime) -> ShopperId | None:
        """Who the token speaks for at `now` (system time); None: nobody, or it is over."""
        known = self._known.get(token_hash)
        if known is None:
            await self._look_up(token_hash)
            known = self._known.get(token_hash)
        if known is None or now >= known[1]:
            return None
        self._known.move_to_end(token_hash)
        return known[0]

    def drop(self, token_hash: str) -> None:
        """Forget a token that was taken back."""
        self._known.pop(token_hash, None)

    async def _look_up(self, token_hash: str) -> None:
        loop = asyncio.get_running_loop()
        mine = self._wanted.get(loop)
        if mine is not None:
            await asyncio.shield(mine.setdefault(token_hash, loop.create_future()))
            return
        self._wanted[loop] = gathered = {token_hash: loop.create_future()}
        try:
            while gathered:
                some = dict(list(gathered.items())[:LOOKED_UP_MOST])
                await self._read(some)
                for name in some:
                    del gathered[name]
        finally:
            del self._wanted[loop]
            for waiting in gathered.values():
                waiting.cancel()

    async def _read(self, wanted: dict[str, asyncio.Future[bool]]) -> None:
        found = await self._context.read(shoppers_behind, hashes=list(wanted))
        for name, standing in found.items():
            self._known[name] = standing
        while len(self._known) > TOKENS_KEPT:
            self._known.popitem(last=False)
        for waiting in wanted.values():
            if not waiting.done():
                waiting.set_result(True)
