"""Batches that were given up although nothing was wrong with their bytes, put aside for a day.

A batch that the server never takes, or that no broker packet can hold, must not block the queue: it
leaves the spool and is declared lost. What was in it lies here for whoever wants to know why: the
newest `MOST` of the last 24 hours, one JSON object a line, readable by the agent's user alone.
What is older is deleted, as everything that was heard is.

A disk that refuses costs the copy, never the queue.
"""

import logging
import os
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Raw, Struct

from edge_agent.spool import SpooledBatch

logger = logging.getLogger(__name__)

SUFFIX: Final = ".quarantine"
MOST: Final = 20
KEPT_MS: Final = 86_400_000


class PutAside(Struct, frozen=True, kw_only=True):
    """One batch that was given up; `rows` is what lay in the spool."""

    given_up_at_ms: int
    reason: str
    spool_id: str
    seq: int
    rows: Raw


_DECODER = msgspec.json.Decoder(PutAside)


class Quarantine:
    """The file beside one spool; it is not there while there is nothing in it."""

    def __init__(self, spool_path: Path) -> None:
        """Read what lies there; lines that are not understood are left out."""
        self.path = spool_path.with_name(spool_path.name + SUFFIX)
        self._held = read_quarantine(self.path)

    def __len__(self) -> int:
        return len(self._held)

    def put(self, batch: SpooledBatch, *, spool_id: str, reason: str, now_ms: int) -> None:
        """Put `batch` aside; the oldest make room."""
        added = PutAside(
            given_up_at_ms=now_ms,
            reason=reason,
            spool_id=spool_id,
            seq=batch.seq,
            rows=Raw(batch.rows or b"[]"),
        )
        self._keep([*self._held, added], now_ms)

    def tidy(self, now_ms: int) -> None:
        """Delete what is older than a day."""
        if self._held and not _is_fresh(self._held[0], now_ms):
            self._keep(self._held, now_ms)

    def _keep(self, held: list[PutAside], now_ms: int) -> None:
        self._held = [one for one in held if _is_fresh(one, now_ms)][-MOST:]
        draft = self.path.with_name(self.path.name + ".new")
        try:
            if not self._held:
                self.path.unlink(missing_ok=True)
                return
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.writelines(msgspec.json.encode(one) + b"\n" for one in self._held)
            draft.replace(self.path)
        except OSError as error:
            logger.warning("quarantine cannot be written: path=%s error=%s", self.path, error)


def read_quarantine(path: Path) -> list[PutAside]:
    """What lies in the file, oldest first; empty where there is none, or none that can be read."""
    held = []
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return []
    for line in lines:
        try:
            held.append(_DECODER.decode(line))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            logger.warning("a line of the quarantine is not understood: path=%s", path)
    return held


def _is_fresh(one: PutAside, now_ms: int) -> bool:
    return 0 <= now_ms - one.given_up_at_ms < KEPT_MS
