"""Keeps what came in, of one store: spools, readings of phones, health, refused messages."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlmodel import col

from store_server.database import insert_new, upsert
from store_server.ids import natural_id
from store_server.presence.gateway_clock import GatewayClock
from store_server.presence.quarantine import KEPT_ENTRIES, QuarantineEntry, Refused
from store_server.presence.repository.rows import StoreRows
from store_server.presence.spool_progress import SpoolProgress
from store_server.presence.tables import AppSightingRow, HealthRow, QuarantineRow, SpoolRow

UNHEARD = GatewayClock()


class IntakeRepository(StoreRows):
    """What came in: spools, readings of phones, health of gateways, refused messages."""

    def spool(self, gateway: str, spool_id: str) -> SpoolProgress | None:
        """How far a spool is taken; None when nothing of it was ever taken."""
        condition = (col(SpoolRow.gateway) == gateway) & (col(SpoolRow.spool) == spool_id)
        return next((progress for _, progress, _ in self._spools(condition)), None)

    def spools(self) -> list[tuple[str, SpoolProgress, int]]:
        """(gateway, progress, heard at ms) of every spool, the one heard last at the end."""
        return self._spools(self._own(SpoolRow))

    def save_spool(
        self, gateway: str, spool: SpoolProgress, *, taken_at_ms: int, clock: GatewayClock = UNHEARD
    ) -> None:
        """Keep how far a spool is taken, and what is known of the gateway's clock."""
        key: dict[str, object] = {"gateway": gateway, "spool": spool.ledger.spool_id}
        told = msgspec.json.encode(clock).decode() if clock.told else None
        values = {**spool.as_columns(), "taken_at_ms": taken_at_ms, "clock": told}
        self._update_or_insert(SpoolRow, key, values)

    def clocks(self) -> dict[str, GatewayClock]:
        """What was known of each gateway's clock when it was heard last."""
        rows = self._session.execute(
            select(col(SpoolRow.gateway), col(SpoolRow.clock))
            .where(self._own(SpoolRow), col(SpoolRow.clock).is_not(None))
            .order_by(col(SpoolRow.taken_at_ms), col(SpoolRow.spool))
        )
        return {gateway: msgspec.json.decode(text, type=GatewayClock) for gateway, text in rows}

    def note_app_readings(self, readings: Iterable[tuple[str, str, int]], *, keep_ms: int) -> int:
        """Note that (shopper, beacon, at_ms) were taken; how many of them are new.

        Args:
            readings: as validated.
            keep_ms: notes of times before this are let go.
        """
        self._session.connection().execute(
            delete(AppSightingRow).where(
                self._own(AppSightingRow), col(AppSightingRow.at_ms) < keep_ms
            )
        )
        rows = [
            {**self._mine, "reading": natural_id("app_sighting", *reading), "at_ms": reading[2]}
            for reading in dict.fromkeys(readings)
        ]
        return insert_new(self._session, AppSightingRow, rows)

    def add_health(self, gateway: str, health: bytes, *, at_ms: int, keep_ms: int) -> None:
        """Keep one health message; those of this gateway before `keep_ms` are let go."""
        row = {**self._mine, "gateway": gateway, "at_ms": at_ms, "health": health.decode()}
        upsert(self._session, HealthRow, [row], keys=["org", "store", "gateway", "at_ms"])
        self._session.connection().execute(
            delete(HealthRow).where(
                self._own(HealthRow),
                col(HealthRow.gateway) == gateway,
                col(HealthRow.at_ms) < keep_ms,
            )
        )

    def health_of(self, gateway: str, *, limit: int) -> list[tuple[int, dict[str, object]]]:
        """(at_ms, health) of a gateway, the newest first."""
        rows = self._session.execute(
            select(col(HealthRow.at_ms), col(HealthRow.health))
            .where(self._own(HealthRow), col(HealthRow.gateway) == gateway)
            .order_by(col(HealthRow.at_ms).desc())
            .limit(limit)
        )
        return [(at_ms, msgspec.json.decode(text, type=dict[str, object])) for at_ms, text in rows]

    def quarantine(self, refused: Refused, *, at_ms: int, kept: int = KEPT_ENTRIES) -> None:
        """Keep that a message was refused; beyond `kept` entries the oldest are let go."""
        entry_id = refused.entry_id(self._scope)
        entry = self._own(QuarantineRow) & (col(QuarantineRow.entry) == entry_id)
        again = update(QuarantineRow).where(entry)
        changed = again.values(times=col(QuarantineRow.times) + 1, last_at_ms=at_ms)
        if self._session.connection().execute(changed).rowcount:
            return
        row = {
            **self._mine,
            "entry": entry_id,
            "topic": refused.topic,
            "payload_sha256": refused.payload_sha256,
            "size_bytes": refused.size_bytes,
            "reason": refused.reason,
            "first_at_ms": at_ms,
            "last_at_ms": at_ms,
            "times": 1,
        }
        self._session.connection().execute(insert(QuarantineRow), [row])
        newest = (
            select(col(QuarantineRow.entry))
            .where(self._own(QuarantineRow))
            .order_by(col(QuarantineRow.last_at_ms).desc(), col(QuarantineRow.entry))
            .offset(kept)
        )
        too_many = [name for (name,) in self._session.execute(newest)]
        if too_many:
            self._session.connection().execute(
                delete(QuarantineRow).where(
                    self._own(QuarantineRow), col(QuarantineRow.entry).in_(too_many)
                )
            )

    def quarantined(self, *, limit: int = 100) -> list[QuarantineEntry]:
        """Refused messages, the newest first."""
        rows = self._session.execute(
            select(QuarantineRow)
            .where(self._own(QuarantineRow))
            .order_by(col(QuarantineRow.last_at_ms).desc(), col(QuarantineRow.entry))
            .limit(limit)
        ).scalars()
        return [
            QuarantineEntry(
                Refused(row.topic, row.payload_sha256, row.size_bytes, row.reason),
                row.first_at_ms,
                row.last_at_ms,
                row.times,
            )
            for row in rows
        ]

    def _spools(self, condition: ColumnElement[bool]) -> list[tuple[str, SpoolProgress, int]]:
        rows = self._session.execute(
            select(SpoolRow.__table__)  # type: ignore[attr-defined] # SQLModel does not declare it
            .where(self._own(SpoolRow), condition)
            .order_by(col(SpoolRow.taken_at_ms), col(SpoolRow.spool))
        ).mappings()
        return [
            (
                row["gateway"],
                SpoolProgress.from_columns(row["spool"], dict(row)),
                row["taken_at_ms"],
            )
            for row in rows
        ]
