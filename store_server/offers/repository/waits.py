"""Who waits in the steps of campaigns, in the database.

A transaction that ends a wait holds its row from the look to the commit; a timer that comes to a
row that another server holds takes the next one. A killed server's hold ends with its transaction:
that is the lease, and what it had not committed waits as before.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new
from store_server.ids import CampaignId, OfferId, Scope, ShopperId, ZoneId
from store_server.offers.step import AwaitedKind
from store_server.offers.step_document import Mistakes, step_of, write_step
from store_server.offers.tables import WaitRow
from store_server.offers.trigger import TriggerKind
from store_server.offers.wait import Entry, Wait, WaitEnd, WaitState
from store_server.shoppers.consent import Purpose


class WaitRepository:
    """The waits of one store; what ends a shopper's or a campaign's ends them in every store."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def begin(self, waits: Iterable[Wait]) -> int:
        """Keep these waits, but for those begun before; how many are new.

        Of one campaign a shopper waits once at a time, in the whole organisation.
        """
        return insert_new(self._session, WaitRow, [self._values(one) for one in waits])

    def last_entries(
        self, campaigns: Collection[CampaignId], shoppers: Collection[ShopperId]
    ) -> dict[tuple[CampaignId, ShopperId], Entry]:
        """The latest wait of each shopper in each campaign, in any store; refused ones left out."""
        rows = self._session.execute(
            select(WaitRow.campaign, WaitRow.shopper, WaitRow.began_at_ms, WaitRow.visit_id)
            .where(
                WaitRow.org == self._scope.org,
                col(WaitRow.campaign).in_(list(campaigns)),
                col(WaitRow.shopper).in_(list(shoppers)),
                func.coalesce(col(WaitRow.ended_by), "") != WaitEnd.REENTRY.value,
            )
            .order_by(col(WaitRow.began_at_ms))
        )
        return {
            (CampaignId(campaign), ShopperId(who)): Entry(from_ms(at_ms), visit)
            for campaign, who, at_ms, visit in rows
        }

    def awaiting(self, kind: AwaitedKind, shoppers: Collection[ShopperId]) -> list[Wait]:
        """Those of these shoppers who wait here for such an event, held until the commit.

        What another server holds is left out: to wait for it could be a deadlock.
        """
        return self._held(
            select(WaitRow)
            .where(*self._open(), WaitRow.awaited == kind.value)
            .where(col(WaitRow.shopper).in_(list(shoppers)))
            .order_by(col(WaitRow.id))
            .with_for_update(skip_locked=True)
        )

    def due(self, now: datetime, *, limit: int) -> list[Wait]:
        """Waits here whose time is up and that nobody holds, the oldest first; held."""
        return self._held(
            select(WaitRow)
            .where(*self._open(), WaitRow.due_at_ms <= to_ms(now))
            .order_by(col(WaitRow.due_at_ms), col(WaitRow.id))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )

    def end(
        self,
        waits: Sequence[Wait],
        reason: WaitEnd,
        *,
        at: datetime,
        happened: dict[str, str] | None = None,
    ) -> int:
        """Waits that are over; how many still waited. `happened`: the event of each, by wait."""
        fired = reason in (WaitEnd.EVENT, WaitEnd.TIMEOUT)
        return sum(
            self._end(
                col(WaitRow.store) == self._scope.store,
                col(WaitRow.id) == one.id,
                reason=reason,
                at=at,
                state=WaitState.FIRED if fired else WaitState.CANCELLED,
                happened=(happened or {}).get(one.id),
            )
            for one in waits
        )

    def decided(self, wait: str, decision: str) -> None:
        """Note what was decided at the end of a wait."""
        self._session.connection().execute(
            update(WaitRow).where(*self._mine(), col(WaitRow.id) == wait).values(decision=decision)
        )

    def cancel_campaign(self, campaign: CampaignId, reason: WaitEnd, *, at: datetime) -> int:
        """Nobody waits in this campaign any more, in any store; how many did."""
        return self._end(col(WaitRow.campaign) == campaign, reason=reason, at=at)

    def cancel_store(self, reason: WaitEnd, *, at: datetime) -> int:
        """Nobody waits in this store any more; how many did."""
        return self._end(col(WaitRow.store) == self._scope.store, reason=reason, at=at)

    def cancel_shopper(
        self,
        shopper: ShopperId,
        reason: WaitEnd,
        *,
        at: datetime,
        purpose: Purpose | None = None,
    ) -> int:
        """The shopper does not wait any more, in any store; how many waits there were.

        purpose: only where waiting needs this consent.
        """
        needs = () if purpose is None else (col(WaitRow.purposes).contains(purpose.value),)
        return self._end(col(WaitRow.shopper) == shopper, *needs, reason=reason, at=at)

    def forget(self, shopper: ShopperId, *, at: datetime) -> int:
        """Cancel what a shopper waits for and take the name off every wait; how many rows."""
        self.cancel_shopper(shopper, WaitEnd.SHOPPER_ERASED, at=at)
        changed = self._session.connection().execute(
            update(WaitRow)
            .where(col(WaitRow.org) == self._scope.org, col(WaitRow.shopper) == shopper)
            .values(shopper="", visit_id=None, happened=None)
        )
        return int(changed.rowcount)

    def drop_refused(self, *, before: datetime) -> int:
        """Take away entries of this store that were refused before; how many."""
        gone = self._session.connection().execute(
            delete(WaitRow).where(
                *self._mine(),
                col(WaitRow.ended_by) == WaitEnd.REENTRY.value,
                col(WaitRow.began_at_ms) < to_ms(before),
            )
        )
        return int(gone.rowcount)

    def page(
        self,
        *,
        limit: int,
        campaign: CampaignId | None = None,
        shopper: ShopperId | None = None,
        state: WaitState | None = None,
    ) -> list[Wait]:
        """The newest waits here, of one campaign, shopper or state if that is asked."""
        query = select(WaitRow).where(*self._mine())
        if campaign is not None:
            query = query.where(WaitRow.campaign == campaign)
        if shopper is not None:
            query = query.where(WaitRow.shopper == shopper)
        if state is not None:
            query = query.where(WaitRow.state == state.value)
        newest = (col(WaitRow.began_at_ms).desc(), col(WaitRow.id))
        return self._waits(self._session.exec(query.order_by(*newest).limit(limit)))

    def of_decisions(self, decisions: Collection[str]) -> dict[str, Wait]:
        """The wait at whose end each of these decisions was made, by decision."""
        rows = self._session.exec(
            select(WaitRow).where(*self._mine(), col(WaitRow.decision).in_(list(decisions)))
        )
        return {one.decision: one for one in self._waits(rows) if one.decision is not None}

    def counts(self, campaign: CampaignId) -> dict[str, int]:
        """How many waits of a campaign stand here: `waiting`, or by how they ended."""
        how = func.coalesce(col(WaitRow.ended_by), WaitState.WAITING.value)
        rows = self._session.execute(
            select(how, func.count())
            .where(*self._mine(), WaitRow.campaign == campaign)
            .group_by(how)
        )
        return {name: int(number) for name, number in rows}

    def _end(
        self,
        *where: ColumnElement[bool],
        reason: WaitEnd,
        at: datetime,
        state: WaitState = WaitState.CANCELLED,
        happened: str | None = None,
    ) -> int:
        changed = self._session.connection().execute(
            update(WaitRow)
            .where(col(WaitRow.org) == self._scope.org, *where)
            .where(col(WaitRow.state) == WaitState.WAITING.value)
            .values(
                state=state.value, ended_by=reason.value, ended_at_ms=to_ms(at), happened=happened
            )
        )
        return int(changed.rowcount)

    def _held(self, query: SelectOfScalar[WaitRow]) -> list[Wait]:
        return self._waits(self._session.exec(query.execution_options(populate_existing=True)))

    def _mine(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return (
            col(WaitRow.org) == self._scope.org,
            col(WaitRow.store) == self._scope.store,
        )

    def _open(self) -> tuple[ColumnElement[bool], ...]:
        return (*self._mine(), col(WaitRow.state) == WaitState.WAITING.value)

    def _values(self, wait: Wait) -> dict[str, object]:
        awaited = wait.step.awaited
        return {
            "org": self._scope.org,
            "store": self._scope.store,
            "id": wait.id,
            "campaign": wait.campaign,
            "campaign_version": wait.campaign_version,
            "shopper": wait.shopper,
            "trigger_kind": wait.trigger_kind.value,
            "zone": wait.zone,
            "visit_id": wait.visit_id,
            "began_at_ms": to_ms(wait.began_at),
            "due_at_ms": to_ms(wait.due_at),
            "awaited": "" if awaited is None else awaited.kind.value,
            "purposes": " ".join(sorted(wait.step.purposes(wait.trigger_kind))),
            "step": json.dumps(write_step(wait.step), separators=(",", ":")),
            "state": wait.state.value,
            "ended_by": None if wait.ended_by is None else wait.ended_by.value,
            "ended_at_ms": None if wait.ended_at is None else to_ms(wait.ended_at),
        }

    def _waits(self, rows: Iterable[WaitRow]) -> list[Wait]:
        return [_wait(row) for row in rows]


def _wait(row: WaitRow) -> Wait:
    entry = json.loads(row.step)
    named = [*entry.get("on_event", {}).get("offers", ())]
    named += entry.get("on_timeout", {}).get("offers", ())
    return Wait(
        id=row.id,
        campaign=CampaignId(row.campaign),
        campaign_version=row.campaign_version,
        shopper=ShopperId(row.shopper),
        trigger_kind=TriggerKind(row.trigger_kind),
        step=step_of(entry, offers=map(OfferId, named), mistakes=Mistakes()),
        began_at=from_ms(row.began_at_ms),
        due_at=from_ms(row.due_at_ms),
        zone=ZoneId(row.zone) if row.zone is not None else None,
        visit_id=row.visit_id,
        state=WaitState(row.state),
        ended_by=WaitEnd(row.ended_by) if row.ended_by is not None else None,
        ended_at=from_ms(row.ended_at_ms) if row.ended_at_ms is not None else None,
        happened=row.happened,
        decision=row.decision,
    )
