"""Keeps what presence concluded, and how far it has come, of one store.

Everything is written in the transaction of the flow that concluded it. Multi-row writes are
Core statements; the row that changes with every batch is a single update.
"""

from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec
from sqlalchemy import ColumnElement, delete, select, update
from sqlmodel import col

from store_server.clock import from_ms
from store_server.database import insert_new, upsert
from store_server.ids import ShopperId
from store_server.presence.engine import ZoneEvent
from store_server.presence.repository.rows import StoreRows
from store_server.presence.tables import BeliefRow, ProgressRow, VisitRow, ZoneEventRow
from store_server.presence.visit import Visit
from store_server.presence.visit_columns import event_columns, event_from, visit_columns, visit_from

# SQLite takes 32,766 bound values; a list this long is compiled once.
IDS_AT_ONCE = 500
_EVENT_COLUMNS = ("kind", "zone", "at_ms", "entered_at_ms", "dwell_ms", "reason")


class Progress(NamedTuple):
    """How far a store has come."""

    event_now_ms: int
    counts: Mapping[str, int]


class PresenceRepository(StoreRows):
    """Zone events, visits and progress."""

    def add_zone_events(
        self, events: Iterable[tuple[ZoneEvent, str | None]], *, late: Container[str] = ()
    ) -> int:
        """Keep events, each with the id of its visit; how many were not known yet.

        Args:
            events: in any order.
            late: ids of those that came too late to ask for anything.
        """
        rows = [
            {**self._mine, **event_columns(event, visit), "late": event.id in late}
            for event, visit in events
        ]
        return insert_new(self._session, ZoneEventRow, rows)

    def known_events(self, ids: Iterable[str]) -> set[str]:
        """Those of these zone events that are kept."""
        wanted, found = sorted(set(ids)), set[str]()
        for start in range(0, len(wanted), IDS_AT_ONCE):
            some = wanted[start : start + IDS_AT_ONCE]
            column = col(ZoneEventRow.event_id)
            rows = self._session.execute(
                select(column).where(self._own(ZoneEventRow), column.in_(some))
            )
            found.update(name for (name,) in rows)
        return found

    def save_visits(self, visits: Iterable[Visit]) -> None:
        """Keep visits as they stand now; the last of those with the same id counts."""
        rows = {visit.id: {**self._mine, **visit_columns(visit)} for visit in visits}
        upsert(self._session, VisitRow, list(rows.values()), keys=["org", "store", "visit"])

    def absorb_visit(self, gone: str, *, into: str, shopper: ShopperId) -> None:
        """Let go a visit that was part of another; its zone events are the other's."""
        events = self._own(ZoneEventRow) & (col(ZoneEventRow.shopper) == shopper)
        connection = self._session.connection()
        connection.execute(
            update(ZoneEventRow).where(events, col(ZoneEventRow.visit) == gone).values(visit=into)
        )
        connection.execute(delete(VisitRow).where(self._own(VisitRow), col(VisitRow.visit) == gone))

    def open_visits(self) -> list[Visit]:
        """The visits without an end, by start."""
        return self._visits(col(VisitRow.ended_at_ms).is_(None))

    def visits_of(self, shopper: str) -> list[Visit]:
        """Every visit of one shopper to this store, by start."""
        return self._visits(col(VisitRow.shopper) == shopper)

    def ends_of(self, visits: Iterable[str]) -> dict[str, datetime]:
        """When those of these visits ended that are over."""
        wanted = sorted(set(visits))
        found: dict[str, datetime] = {}
        for start in range(0, len(wanted), IDS_AT_ONCE):
            name, ended_at_ms = col(VisitRow.visit), col(VisitRow.ended_at_ms)
            rows = self._session.execute(
                select(name, ended_at_ms).where(
                    self._own(VisitRow),
                    name.in_(wanted[start : start + IDS_AT_ONCE]),
                    ended_at_ms.is_not(None),
                )
            )
            found.update({visit: from_ms(at_ms) for visit, at_ms in rows})
        return found

    def visits_between(self, from_ms: int, until_ms: int) -> list[Visit]:
        """The visits to this store that began in [from_ms, until_ms), by start."""
        began = col(VisitRow.started_at_ms)
        return self._visits((began >= from_ms) & (began < until_ms))

    def last_stores(self, shoppers: Iterable[str]) -> dict[str, str]:
        """In which store of the organisation each of these was last; one who never was has none."""
        wanted, found = sorted(set(shoppers)), dict[str, str]()
        org, shopper = col(VisitRow.org), col(VisitRow.shopper)
        for start in range(0, len(wanted), IDS_AT_ONCE):
            rows = self._session.execute(
                select(shopper, col(VisitRow.store))
                .where(org == self._scope.org, shopper.in_(wanted[start : start + IDS_AT_ONCE]))
                .order_by(col(VisitRow.started_at_ms), col(VisitRow.store))
            )
            found.update((who, store) for who, store in rows)
        return found

    def ended_since(self, since_ms: int) -> list[Visit]:
        """The visits that ended since `since_ms`, by start: the last of a shopper comes last."""
        return self._visits(col(VisitRow.ended_at_ms) >= since_ms)

    def visitors_since(self, since_ms: int) -> frozenset[str]:
        """Who began a visit since `since_ms`."""
        rows = self._session.execute(
            select(col(VisitRow.shopper))
            .where(self._own(VisitRow), col(VisitRow.started_at_ms) >= since_ms)
            .distinct()
        )
        return frozenset(shopper for (shopper,) in rows)

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
        """Delete what is kept of where a shopper was, in every store of the organisation."""
        gone = 0
        for row in (ZoneEventRow, VisitRow, BeliefRow):
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
