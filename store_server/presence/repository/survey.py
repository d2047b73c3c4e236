"""Keeps the survey of a store: where somebody stood with which device, and what was heard of it.

Nothing here is of shoppers: a surveyed device is named by the installer who carries it.
"""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlmodel import col

from store_server.database import upsert
from store_server.presence.repository.rows import StoreRows
from store_server.presence.survey import SurveyLine, SurveyMark, SurveyStamp
from store_server.presence.tables import SurveyMarkRow, SurveyReadingRow

_KEYS = ["org", "store", "identity", "gateway", "at_ms"]


class SurveyRepository(StoreRows):
    """Marks and readings of one store."""

    def add_mark(self, mark: SurveyMark) -> None:
        """Keep where a device stands; the same device and start again replaces it."""
        row = {**self._mine, **mark._asdict()}
        upsert(self._session, SurveyMarkRow, [row], keys=["org", "store", "identity", "from_ms"])

    def marks(self, *, from_ms: int, until_ms: int) -> list[SurveyMark]:
        """The marks that touch a span of time, by start."""
        rows = self._session.execute(
            select(SurveyMarkRow.__table__)  # type: ignore[attr-defined] # SQLModel does not declare it
            .where(
                self._own(SurveyMarkRow),
                col(SurveyMarkRow.until_ms) >= from_ms,
                col(SurveyMarkRow.from_ms) <= until_ms,
            )
            .order_by(col(SurveyMarkRow.from_ms), col(SurveyMarkRow.identity))
        ).mappings()
        return [SurveyMark(**{name: row[name] for name in SurveyMark._fields}) for row in rows]

    def add_readings(self, lines: Sequence[SurveyLine]) -> None:
        """Keep readings; one of the same device, gateway and millisecond is kept once."""
        rows = [
            {
                **self._mine,
                "identity": line.device,
                "gateway": line.gateway,
                "at_ms": round(line.t * 1000),
                "rssi_dbm": line.rssi,
                "power_dbm": line.tx_power,
                "x": line.x,
                "y": line.y,
                "zone": line.zone,
            }
            for line in lines
        ]
        once = {tuple(row[name] for name in _KEYS): row for row in rows}
        upsert(self._session, SurveyReadingRow, list(once.values()), keys=_KEYS)

    def readings(self) -> list[SurveyLine]:
        """Every reading, by device and time."""
        table = SurveyReadingRow.__table__  # type: ignore[attr-defined] # SQLModel does not declare it
        rows = self._session.execute(
            select(table)
            .where(self._own(SurveyReadingRow))
            .order_by(table.c.identity, table.c.at_ms, table.c.gateway)
        ).mappings()
        return [
            SurveyLine(
                row["at_ms"] / 1000,
                row["gateway"],
                row["identity"],
                row["rssi_dbm"],
                row["x"],
                row["y"],
                row["zone"],
                row["power_dbm"],
            )
            for row in rows
        ]

    def points(self) -> list[tuple[float, float]]:
        """Where somebody stood while readings were taken, by place."""
        x, y = col(SurveyReadingRow.x), col(SurveyReadingRow.y)
        rows = self._session.execute(
            select(x, y)
            .where(self._own(SurveyReadingRow), x.is_not(None), y.is_not(None))
            .distinct()
            .order_by(x, y)
        )
        return [(float(at_x), float(at_y)) for at_x, at_y in rows]

    def stamp(self) -> SurveyStamp:
        """What tells one state of the readings from another."""
        count, newest_ms = self._session.execute(
            select(func.count(), func.max(col(SurveyReadingRow.at_ms))).where(
                self._own(SurveyReadingRow)
            )
        ).one()
        return SurveyStamp(int(count), int(newest_ms or 0))

    def heard_since(self, identity: str, *, from_ms: int) -> dict[str, int]:
        """How many readings of a device each gateway gave since then."""
        rows = self._session.execute(
            select(col(SurveyReadingRow.gateway), func.count())
            .where(
                self._own(SurveyReadingRow),
                col(SurveyReadingRow.identity) == identity,
                col(SurveyReadingRow.at_ms) >= from_ms,
            )
            .group_by(col(SurveyReadingRow.gateway))
            .order_by(col(SurveyReadingRow.gateway))
        )
        return {gateway: int(count) for gateway, count in rows}

    def clear(self) -> int:
        """Delete every mark and reading; how many readings there were."""
        connection = self._session.connection()
        connection.execute(delete(SurveyMarkRow).where(self._own(SurveyMarkRow)))
        found = connection.execute(delete(SurveyReadingRow).where(self._own(SurveyReadingRow)))
        return int(found.rowcount)
