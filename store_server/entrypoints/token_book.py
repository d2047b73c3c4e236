"""Shopper tokens that were let in of late: who they speak for, without asking the database again.

It only keeps strangers from the writer's queue: whether a token still stands is looked at once
more in the transaction that answers (`flows.pull_round`), so a token taken back opens nothing.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

from store_server.ids import ShopperId

TOKENS_KEPT = 100_000


@dataclass(slots=True)
class TokenBook:
    """Whose token it is and when it ends, by its hash; the longest unused goes first."""

    _known: OrderedDict[str, tuple[ShopperId, datetime]] = field(default_factory=OrderedDict)

    def find(self, token_hash: str, *, now: datetime) -> ShopperId | None:
        """Who the token speaks for; None when that must be looked up."""
        known = self._known.get(token_hash)
        if known is None or now >= known[1]:
            return None
        self._known.move_to_end(token_hash)
        return known[0]

    def keep(self, token_hash: str, shopper: ShopperId, *, expires_at: datetime) -> None:
        """Remember a token that was let in."""
        self._known[token_hash] = (shopper, expires_at)
        while len(self._known) > TOKENS_KEPT:
            self._known.popitem(last=False)

    def drop(self, token_hash: str) -> None:
        """Forget a token that was taken back."""
        self._known.pop(token_hash, None)
