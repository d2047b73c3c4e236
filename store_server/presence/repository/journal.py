"""Keeps what a restart needs of presence: the last checkpoint, and the steps since.

It is raw data: who was heard where. It lives seconds, it dies with the next checkpoint, and no
report reads it.
"""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select
from sqlmodel import col

from store_server.presence.journal import Checkpoint, Step
from store_server.presence.journal_codec import (
    checkpoint_columns,
    checkpoint_from,
    step_from,
    step_payload,
)
from store_server.presence.repository.rows import StoreRows
from store_server.presence.tables import CheckpointRow, JournalRow


class JournalRepository(StoreRows):
    """The checkpoint of a store and the journal of what it took since."""

    def add_step(self, seq: int, step: Step, *, written_at_ms: int) -> None:
        """Keep one step; `seq` is one more than that of the step before."""
        row = {**self._mine, "seq": seq, "written_at_ms": written_at_ms}
        self._session.connection().execute(
            insert(JournalRow), [{**row, "step": step_payload(step)}]
        )

    def steps(self, *, after_seq: int) -> list[Step]:
        """The steps after this one, in their order."""
        rows = self._session.execute(
            select(col(JournalRow.step))
            .where(self._own(JournalRow), col(JournalRow.seq) > after_seq)
            .order_by(col(JournalRow.seq))
        )
        return [step_from(payload) for (payload,) in rows]

    def last_seq(self) -> int:
        """The number of the newest step or checkpoint; 0 when there is none."""
        numbers = (
            self._session.execute(
                select(col(row.seq)).where(self._own(row)).order_by(col(row.seq).desc()).limit(1)
            ).scalar()
            for row in (CheckpointRow, JournalRow)
        )
        return max(number or 0 for number in numbers)

    def checkpoint(self) -> Checkpoint | None:
        """The last checkpoint; None when there is none."""
        row = (
            self._session.execute(
                select(CheckpointRow.__table__).where(  # type: ignore[attr-defined] # SQLModel does not declare it
                    self._own(CheckpointRow)
                )
            )
            .mappings()
            .first()
        )
        return None if row is None else checkpoint_from(dict(row))

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint in place of the last one; the steps that are in it are let go."""
        self._update_or_insert(CheckpointRow, {}, checkpoint_columns(checkpoint))
        self._session.connection().execute(
            delete(JournalRow).where(self._own(JournalRow), col(JournalRow.seq) <= checkpoint.seq)
        )

    def clear(self) -> int:
        """Let everything go; how many rows there were."""
        gone = 0
        rows: Sequence[type[CheckpointRow | JournalRow]] = (CheckpointRow, JournalRow)
        for row in rows:
            gone += self._session.connection().execute(delete(row).where(self._own(row))).rowcount
        return gone
