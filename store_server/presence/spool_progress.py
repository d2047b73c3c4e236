"""What became of the batches of one spool: the ledger and three counts, and how they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from store_server.presence.batch_ledger import BatchLedger, Range


@dataclass(frozen=True, slots=True)
class SpoolProgress:
    """One spool of one gateway."""

    ledger: BatchLedger
    applied: int = 0
    duplicates: int = 0
    quarantined: int = 0

    def with_applied(self, ledger: BatchLedger) -> "SpoolProgress":
        """After one more batch was applied."""
        return replace(self, ledger=ledger, applied=self.applied + 1)

    def with_duplicate(self) -> "SpoolProgress":
        """After a batch came again."""
        return replace(self, duplicates=self.duplicates + 1)

    def with_quarantined(self, ledger: BatchLedger) -> "SpoolProgress":
        """After a batch was refused."""
        return replace(self, ledger=ledger, quarantined=self.quarantined + 1)

    def as_columns(self) -> dict[str, object]:
        """What is kept of it, by column; ranges as JSON."""
        ledger = self.ledger
        return {
            "through_seq": ledger.through_seq,
            "ahead": msgspec.json.encode(ledger.ahead).decode(),
            "refused": msgspec.json.encode(ledger.refused).decode(),
            "lost": ledger.lost,
            "given_up": ledger.given_up,
            "applied": self.applied,
            "duplicates": self.duplicates,
            "quarantined": self.quarantined,
        }

    @classmethod
    def from_columns(cls, spool_id: str, columns: Mapping[str, object]) -> "SpoolProgress":
        """The progress of `spool_id` that `as_columns` kept."""
        kept = msgspec.convert(columns, _Columns, strict=False)
        ledger = BatchLedger(
            spool_id,
            kept.through_seq,
            tuple(msgspec.json.decode(kept.ahead, type=list[Range])),
            kept.lost,
            kept.given_up,
            tuple(msgspec.json.decode(kept.refused, type=list[int])),
        )
        return cls(ledger, kept.applied, kept.duplicates, kept.quarantined)


class _Columns(msgspec.Struct):
    through_seq: int
    ahead: str
    refused: str
    lost: int
    given_up: int
    applied: int
    duplicates: int
    quarantined: int
