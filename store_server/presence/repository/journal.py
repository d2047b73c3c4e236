"""Keeps what a restart needs of presence: the last checkpoint, and the steps since.

It is raw data: who was heard where. It lives seconds, it dies with the next checkpoint, and no
report reads it.
"""

from collections.abc import Mapping

from sqlalchemy import delete, insert, select
from sqlmodel import col

from store_server.database import upsert
from store_server.presence.journal import Checkpoint, Step, struck, without
from store_server.presence.journal_codec import (
    checkpoint_columns,
    checkpoint_from,
    step_from,
    step_payload,
)
from store_server.presence.repository.rows import StoreRows
from store_server.presence.tables import BeliefRow, CheckpointRow, JournalRow


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
        """Keep a checkpoint whose beliefs are kept already, in place of the last one.

        What is in it is let go: the steps up to it, the beliefs of others.
        """
        self._update_or_insert(CheckpointRow, {}, checkpoint_columns(checkpoint))
        connection = self._session.connection()
        connection.execute(
            delete(JournalRow).where(self._own(JournalRow), col(JournalRow.seq) <= checkpoint.seq)
        )
        connection.execute(
            delete(BeliefRow).where(self._own(BeliefRow), col(BeliefRow.seq) != checkpoint.seq)
        )

    def add_beliefs(self, seq: int, states: Mapping[str, bytes]) -> None:
        """Keep what was known of some shoppers after step `seq`."""
        rows = [
            {**self._mine, "seq": seq, "shopper": shopper, "state": state}
            for shopper, state in states.items()
        ]
        upsert(self._session, BeliefRow, rows, keys=["org", "store", "seq", "shopper"])

    def beliefs(self, seq: int) -> dict[str, bytes]:
        """What was known of each shopper after step `seq`, by shopper."""
        rows = self._session.execute(
            select(col(BeliefRow.shopper), col(BeliefRow.state))
            .where(self._own(BeliefRow), col(BeliefRow.seq) == seq)
            .order_by(col(BeliefRow.shopper))
        )
        return {shopper: bytes(state) for shopper, state in rows}

    def strike(self, shopper: str) -> int:
        """Take a shopper out of checkpoint and journal; how many rows named them."""
        connection = self._session.connection()
        gone = connection.execute(
            delete(BeliefRow).where(self._own(BeliefRow), col(BeliefRow.shopper) == shopper)
        ).rowcount
        rows = self._session.execute(
            select(col(JournalRow.seq), col(JournalRow.step)).where(self._own(JournalRow))
        ).all()
        # Most lines name others: a look at the bytes is a hundred times cheaper than reading them.
        for seq, payload in rows:
            if shopper.encode() in payload:
                step = struck(step_from(payload), shopper)
                self._update_or_insert(JournalRow, {"seq": seq}, {"step": step_payload(step)})
                gone += 1
        if (checkpoint := self.checkpoint()) is not None:
            pending, late = (
                without(told, shopper) for told in (checkpoint.pending, checkpoint.late)
            )
            if (pending, late) != (checkpoint.pending, checkpoint.late):
                struck_out = checkpoint._replace(pending=pending, late=late)
                self._update_or_insert(CheckpointRow, {}, checkpoint_columns(struck_out))
                gone += 1
        return gone
