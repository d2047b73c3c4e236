"""What the repositories of shoppers share: how many names go into one statement."""

from collections.abc import Iterable

CHUNK_ROWS = 1_000
# Rows are changed by statements, not through the session: what it remembers may be old.
FRESH = {"populate_existing": True}


def chunks(names: Iterable[str]) -> Iterable[list[str]]:
    """These names once each, sorted, in lists that fit into a statement."""
    wanted = sorted(set(names))
    return (wanted[start : start + CHUNK_ROWS] for start in range(0, len(wanted), CHUNK_ROWS))
