"""Occurrences of scheduled campaigns in the database, and who is asked about for them.

One transaction works on one occurrence and holds its row; a server that comes to a row that
another holds takes the next one. A killed server's transaction ends with it, and so does its
hold: what it had not committed waits as before. That is the lease.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import Session, col, select

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new
from store_server.ids import CampaignId, Scope, ShopperId
from store_server.offers.cron import Occurrence
from store_server.offers.schedule import OccurrenceState, OpenOccurrence
from store_server.offers.tables import OccurrenceRow, ScheduledAskRow

_OPEN = (OccurrenceState.ASKING.value, OccurrenceState.DECIDING.value)


class ScheduleRepository:
    """The occurrences of one store; a shopper is asked about once in the whole organisation."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def known(self, campaign: CampaignId, names: Sequence[str]) -> set[str]:
        """Those of these occurrences of a campaign that stand in this store."""
        return set(
            self._session.exec(
                select(OccurrenceRow.occurrence).where(
                    *self._mine(),
                    OccurrenceRow.campaign == campaign,
                    col(OccurrenceRow.occurrence).in_(names),
                )
            )
        )

    def open(self, campaign: CampaignId, occurrences: Iterable[Occurrence]) -> int:
        """Begin these occurrences, but for those that were begun before; how many were new."""
        rows: list[dict[str, object]] = [
            {
                "org": self._scope.org,
                "store": self._scope.store,
                "campaign": campaign,
                "occurrence": one.name,
                "at_ms": to_ms(one.at),
                "state": OccurrenceState.ASKING.value,
                "through": "",
                "asked": 0,
                "decided": 0,
            }
            for one in occurrences
        ]
        return insert_new(self._session, OccurrenceRow, rows)

    def take_next(self) -> OpenOccurrence | None:
        """The oldest occurrence that is open and that nobody holds; held until the commit."""
        row = self._session.exec(
            select(OccurrenceRow)
            .where(*self._mine(), col(OccurrenceRow.state).in_(_OPEN))
            .order_by(col(OccurrenceRow.at_ms), col(OccurrenceRow.campaign))
            .limit(1)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        ).one_or_none()
        if row is None:
            return None
        state = OccurrenceState(row.state)
        return OpenOccurrence(
            CampaignId(row.campaign), row.occurrence, from_ms(row.at_ms), state, row.through
        )

    def ask(self, occurrence: OpenOccurrence, shoppers: Iterable[ShopperId]) -> int:
        """Have these shoppers asked about here, but for those who are already; how many are new."""
        rows: list[dict[str, object]] = [
            {
                "org": self._scope.org,
                "campaign": occurrence.campaign,
                "occurrence": occurrence.name,
                "shopper": shopper,
                "store": self._scope.store,
                "waits": True,
            }
            for shopper in shoppers
        ]
        return insert_new(self._session, ScheduledAskRow, rows)

    def waiting(self, occurrence: OpenOccurrence, *, limit: int) -> list[ShopperId]:
        """At most `limit` shoppers who still wait for this occurrence here, by id."""
        rows = self._session.exec(
            select(ScheduledAskRow.shopper)
            .where(*self._asks(occurrence), col(ScheduledAskRow.waits))
            .order_by(col(ScheduledAskRow.shopper))
            .limit(limit)
        )
        return [ShopperId(name) for name in rows]

    def settle(self, occurrence: OpenOccurrence, shoppers: Sequence[ShopperId]) -> None:
        """These have their decision."""
        self._session.connection().execute(
            update(ScheduledAskRow)
            .where(*self._asks(occurrence), col(ScheduledAskRow.shopper).in_(shoppers))
            .values(waits=False)
        )

    def move(
        self,
        occurrence: OpenOccurrence,
        state: OccurrenceState,
        *,
        through: str = "",
        asked: int = 0,
        decided: int = 0,
    ) -> None:
        """How far an occurrence is now; `asked` and `decided` are added."""
        self._session.connection().execute(
            update(OccurrenceRow)
            .where(
                *self._mine(),
                col(OccurrenceRow.campaign) == occurrence.campaign,
                col(OccurrenceRow.occurrence) == occurrence.name,
            )
            .values(
                state=state.value,
                through=through or occurrence.through,
                asked=col(OccurrenceRow.asked) + asked,
                decided=col(OccurrenceRow.decided) + decided,
            )
        )

    def counts(self, campaign: CampaignId) -> list[tuple[str, str, int, int]]:
        """Occurrence, state, asked and decided of a campaign in this store, newest first."""
        rows = self._session.exec(
            select(OccurrenceRow)
            .where(*self._mine(), OccurrenceRow.campaign == campaign)
            .order_by(col(OccurrenceRow.at_ms).desc())
            .limit(100)
            .execution_options(populate_existing=True)
        )
        return [(row.occurrence, row.state, row.asked, row.decided) for row in rows]

    def drop_settled(self, *, before: datetime) -> int:
        """Take away the asks of this store's occurrences that were over before; how many."""
        over = select(OccurrenceRow.occurrence).where(
            *self._mine(),
            col(OccurrenceRow.campaign) == col(ScheduledAskRow.campaign),
            col(OccurrenceRow.occurrence) == col(ScheduledAskRow.occurrence),
            col(OccurrenceRow.at_ms) < to_ms(before),
        )
        done = self._session.connection().execute(
            delete(ScheduledAskRow).where(
                col(ScheduledAskRow.org) == self._scope.org,
                col(ScheduledAskRow.store) == self._scope.store,
                over.exists(),
            )
        )
        return int(done.rowcount)

    def forget(self, shopper: ShopperId) -> int:
        """Take a shopper out of every occurrence, in every store; how many rows."""
        done = self._session.connection().execute(
            delete(ScheduledAskRow).where(
                col(ScheduledAskRow.org) == self._scope.org,
                col(ScheduledAskRow.shopper) == shopper,
            )
        )
        return int(done.rowcount)

    def _asks(self, occurrence: OpenOccurrence) -> tuple[ColumnElement[bool], ...]:
        return (
            col(ScheduledAskRow.org) == self._scope.org,
            col(ScheduledAskRow.store) == self._scope.store,
            col(ScheduledAskRow.campaign) == occurrence.campaign,
            col(ScheduledAskRow.occurrence) == occurrence.name,
        )

    def _mine(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return (
            col(OccurrenceRow.org) == self._scope.org,
            col(OccurrenceRow.store) == self._scope.store,
        )
