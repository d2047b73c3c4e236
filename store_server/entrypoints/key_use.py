"""When each API key was used last: noted in memory, written down at most once a minute."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

WRITE_EVERY = timedelta(minutes=1)


@dataclass(slots=True)
class KeyUse:
    """The uses since the last time that they were written down."""

    seen: dict[str, datetime] = field(default_factory=dict)
    written_at: datetime | None = None

    def note(self, token_hash: str, at: datetime) -> dict[str, datetime]:
        """Note a use; what is due to be written now, empty most times."""
        self.seen[token_hash] = at
        if self.written_at is not None and at - self.written_at < WRITE_EVERY:
            return {}
        due, self.seen, self.written_at = self.seen, {}, at
        return due
