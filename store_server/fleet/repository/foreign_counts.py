"""How many foreign devices were around each gateway, by quarter of an hour."""

import json
from collections.abc import Iterable

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from store_server.database import upsert
from store_server.fleet.foreign_quarter import ForeignQuarter, joined
from store_server.fleet.hearing import DAY_MS
from store_server.fleet.repository.rows import FleetRows
from store_server.fleet.tables import ForeignCountRow

# A year and a month: this December beside the last one. Nobody is in a count.
COUNTS_KEPT_MS = 400 * DAY_MS


class ForeignCountRepository(FleetRows):
    """Counts of foreign devices."""

    def add(self, quarters: Iterable[ForeignQuarter]) -> None:
        """Keep these; one of a quarter that is known is joined with what is known."""
        for quarter in quarters:
            known = self._of(quarter.gateway, slot_ms=quarter.slot_ms)
            whole = joined(known, quarter) if known else quarter
            row = self._mine | {
                "gateway": whole.gateway,
                "slot_ms": whole.slot_ms,
                "devices": whole.devices,
                "adverts": json.dumps(dict(whole.adverts), sort_keys=True),
            }
            upsert(
                self._session, ForeignCountRow, [row], keys=["org", "store", "gateway", "slot_ms"]
            )

    def forget_before(self, at_ms: int) -> None:
        """Drop quarters that are older than they are kept."""
        self._forget(ForeignCountRow, col(ForeignCountRow.slot_ms) < at_ms - COUNTS_KEPT_MS)

    def since(self, at_ms: int) -> tuple[ForeignQuarter, ...]:
        """The quarters that began then or later, oldest first, gateways by name."""
        return self._read(col(ForeignCountRow.slot_ms) >= at_ms)

    def _of(self, gateway: str, *, slot_ms: int) -> ForeignQuarter | None:
        found = self._read(
            (col(ForeignCountRow.gateway) == gateway) & (col(ForeignCountRow.slot_ms) == slot_ms)
        )
        return found[0] if found else None

    def _read(self, condition: ColumnElement[bool]) -> tuple[ForeignQuarter, ...]:
        rows = self._session.execute(
            select(
                col(ForeignCountRow.gateway),
                col(ForeignCountRow.slot_ms),
                col(ForeignCountRow.devices),
                col(ForeignCountRow.adverts),
            )
            .where(self._own(ForeignCountRow), condition)
            .order_by(col(ForeignCountRow.slot_ms), col(ForeignCountRow.gateway))
        )
        return tuple(
            ForeignQuarter(gateway, slot_ms, devices, json.loads(adverts))
            for gateway, slot_ms, devices, adverts in rows
        )
