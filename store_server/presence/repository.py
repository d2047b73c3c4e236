"""Keeps what presence concluded, how far it has come and what it refused, of one store.

Everything is written in the transaction of the flow that concluded it. Multi-row writes are
Core statements; the two rows that change with every batch are single updates.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Update, bindparam, delete, func, insert, select, update
from sqlmodel import Session, SQLModel, col

from store_server.database import insert_new, upsert
from store_server.ids import Scope, natural_id
from store_server.presence.engine import ZoneEvent
from store_server.presence.quarantine import KEPT_ENTRIES, QuarantineEntry, Refused
from store_server.presence.spool_progress import SpoolProgress
from store_server.presence.tables import (
    AppSightingRow,
    HealthRow,
    ProgressRow,
    QuarantineRow,
    SpoolRow,
    VisitRow,
    ZoneEventRow,
)
from store_server.presence.visit import Visit
from store_server.presence.visit_columns import event_columns, event_from, visit_columns, visit_from

_EVENT_COLUMNS = ("kind", "zone", "at_ms", "entered_at_ms", "dwell_ms", "reason")


class Progress(NamedTuple):
    """How far a store has come."""

    event_now_ms: int
    counts: Mapping[str, int]


class _StoreRows:
    """What every repository of a store shares: its session and its scope."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope
        self._mine: dict[str, object] = {"org": scope.org, "store": scope.store}

    def _own(self, row: type[SQLModel]) -> ColumnElement[bool]:
        columns = row.__table__.c  # type: ignore[attr-defined] # SQLModel does not declare it
        mine: ColumnElement[bool] = (columns.org == self._scope.org) & (
            columns.store == self._scope.store
        )
        return mine

    def _update_or_insert(
        self, row: type[SQLModel], key: dict[str, object], values: dict[str, object]
    ) -> None:
        """Change one row by its key beside org and store; the usual case is one statement."""
        whole_key = {**self._mine, **key}
        change = _change_by_key(row, tuple(whole_key), tuple(values))
        bound = {f"key_{name}": value for name, value in whole_key.items()} | values
        connection = self._session.connection()
        if connection.execute(change, bound).rowcount == 0:
            connection.execute(insert(row), [{**whole_key, **values}])


@cache
def _change_by_key(row: type[SQLModel], key: tuple[str, ...], values: tuple[str, ...]) -> Update:
    """UPDATE of one row, built once: building it costs more than running it."""
    columns = row.__table__.c  # type: ignore[attr-defined] # SQLModel does not declare it
    statement = update(row).values({name: bindparam(name) for name in values})
    for name in key:
        statement = statement.where(columns[name] == bindparam(f"key_{name}"))
    return statement


class PresenceRepository(_StoreRows):
    """Zone events, visits and progress."""

    def add_zone_events(self, events: Iterable[tuple[ZoneEvent, str | None]]) -> int:
        """Keep events, each with the id of its visit; how many were not known yet."""
        rows = [{**self._mine, **event_columns(event, visit)} for event, visit in events]
        return insert_new(self._session, ZoneEventRow, rows)

    def save_visits(self, visits: Iterable[Visit]) -> None:
        """Keep visits as they stand now; the last of those with the same id counts."""
        rows = {visit.id: {**self._mine, **visit_columns(visit)} for visit in visits}
        upsert(self._session, VisitRow, list(rows.values()), keys=["org", "store", "visit"])

    def open_visits(self) -> list[Visit]:
        """The visits without an end, by start."""
        return self._visits(col(VisitRow.ended_at_ms).is_(None))

    def visits_of(self, shopper: str) -> list[Visit]:
        """Every visit of one shopper to this store, by start."""
        return self._visits(col(VisitRow.shopper) == shopper)

    def ended_since(self, since_ms: int) -> dict[str, int]:
        """When the last visit of each shopper ended, of those that ended since `since_ms`."""
        rows = self._session.execute(
            select(col(VisitRow.shopper), func.max(col(VisitRow.ended_at_ms)))
            .where(self._own(VisitRow), col(VisitRow.ended_at_ms) >= since_ms)
            .group_by(col(VisitRow.shopper))
        )
        return {shopper: int(ended) for shopper, ended in rows}

    def zone_events_of(self, shopper: str) -> list[ZoneEvent]:
        """Every zone event of one shopper in this store, by time."""
        rows = self._session.execute(
            select(
                *(getattr(ZoneEventRow, name) for name in ("event_id", "shopper", *_EVENT_COLUMNS))
            )
            .where(self._own(ZoneEventRow), col(ZoneEventRow.shopper) == shopper)
            .order_by(col(ZoneEventRow.at_ms), col(ZoneEventRow.event_id))
        )
        return [
            event_from(name, whose, **dict(zip(_EVENT_COLUMNS, columns, strict=True)))
            for name, whose, *columns in rows
        ]

    def progress(self) -> Progress | None:
        """How far the store had come at the last commit; None on its first day."""
        row = self._session.execute(
            select(col(ProgressRow.event_now_ms), col(ProgressRow.counts)).where(
                self._own(ProgressRow)
            )
        ).first()
        if row is None:
            return None
        return Progress(row[0], msgspec.json.decode(row[1], type=dict[str, int]))

    def save_progress(self, progress: Progress) -> None:
        """Keep how far the store has come."""
        counts = msgspec.json.encode(dict(progress.counts)).decode()
        values: dict[str, object] = {"event_now_ms": progress.event_now_ms, "counts": counts}
        self._update_or_insert(ProgressRow, {}, values)

    def forget(self, shopper: str) -> int:
        """Delete the visits and zone events of a shopper, in every store of the organisation."""
        gone = 0
        for row in (ZoneEventRow, VisitRow):
            done = self._session.connection().execute(
                delete(row).where(col(row.org) == self._scope.org, col(row.shopper) == shopper)
            )
            gone += done.rowcount
        return gone

    def _visits(self, condition: ColumnElement[bool]) -> list[Visit]:
        rows = self._session.execute(
            select(
                col(VisitRow.visit),
                col(VisitRow.shopper),
                col(VisitRow.started_at_ms),
                col(VisitRow.ended_at_ms),
                col(VisitRow.zones),
            )
            .where(self._own(VisitRow), condition)
            .order_by(col(VisitRow.started_at_ms), col(VisitRow.visit))
        )
        return [
            visit_from(name, shopper, started_at_ms=started, ended_at_ms=ended, zones=zones)
            for name, shopper, started, ended, zones in rows
        ]


class IntakeRepository(_StoreRows):
    """What came in: spools, readings of phones, health of gateways, refused messages."""

    def spool(self, gateway: str, spool_id: str) -> SpoolProgress | None:
        """How far a spool is taken; None when nothing of it was ever taken."""
        condition = (col(SpoolRow.gateway) == gateway) & (col(SpoolRow.spool) == spool_id)
        return next((progress for _, progress in self._spools(condition)), None)

    def spools(self) -> list[tuple[str, SpoolProgress]]:
        """(gateway, progress) of every spool, the one heard last at the end."""
        return self._spools(self._own(SpoolRow))

    def save_spool(self, gateway: str, spool: SpoolProgress, *, taken_at_ms: int) -> None:
        """Keep how far a spool is taken."""
        key: dict[str, object] = {"gateway": gateway, "spool": spool.ledger.spool_id}
        values = {**spool.as_columns(), "taken_at_ms": taken_at_ms}
        self._update_or_insert(SpoolRow, key, values)

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

    def _spools(self, condition: ColumnElement[bool]) -> list[tuple[str, SpoolProgress]]:
        rows = self._session.execute(
            select(SpoolRow.__table__)  # type: ignore[attr-defined] # SQLModel does not declare it
            .where(self._own(SpoolRow), condition)
            .order_by(col(SpoolRow.taken_at_ms), col(SpoolRow.spool))
        ).mappings()
        return [
            (row["gateway"], SpoolProgress.from_columns(row["spool"], dict(row))) for row in rows
        ]
