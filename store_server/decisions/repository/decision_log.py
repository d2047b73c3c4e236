"""Decisions in the database: written once, read by caps, the pull, attribution and people."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, CompoundSelect, bindparam, delete, func, union, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, or_, select

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new
from store_server.decisions.decision import Decision, Outcome
from store_server.decisions.frequency_cap import ShownRecord
from store_server.decisions.repository.decision_rows import decision_of, row_of
from store_server.decisions.tables import DecisionRow, PullAnswerRow
from store_server.ids import CampaignId, HouseholdId, OfferId, Scope, ShopperId
from store_server.offers.channel import ReadingChannel

# SQLite takes 32,766 bound values in a statement; a decision has 31.
ROWS_AT_ONCE = 500
NOTHING_ASKED: Mapping[str, str] = MappingProxyType({})


class DecisionRepository:
    """The decisions of one store; caps count those of the whole organisation."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def add(self, decisions: Sequence[Decision], asked: Mapping[str, str] = NOTHING_ASKED) -> int:
        """Write those whose trigger is not decided yet; how many. There is no way to change one.

        `asked`: what each was asked with, by decision (`decisions.asked`); one without cannot be
        replayed.
        """
        added = 0
        for start in range(0, len(decisions), ROWS_AT_ONCE):
            rows = [
                {**row_of(one, self._scope), "asked": asked.get(one.id)}
                for one in decisions[start : start + ROWS_AT_ONCE]
            ]
            added += insert_new(self._session, DecisionRow, rows)
        return added

    def asked(self, decision: str) -> str | None:
        """What a decision was asked with; None when it is not kept."""
        return self._session.exec(
            select(DecisionRow.asked).where(*self._mine(), DecisionRow.id == decision)
        ).one_or_none()

    def offered_between(
        self, since: datetime | None, until: datetime, *, limit: int
    ) -> list[tuple[Decision, str]]:
        """The newest offered decisions in [since, until) with what they were asked with."""
        query = select(DecisionRow).where(
            *self._mine(),
            DecisionRow.outcome == Outcome.OFFERED,
            col(DecisionRow.asked).is_not(None),
            DecisionRow.at_ms < to_ms(until),
        )
        if since is not None:
            query = query.where(DecisionRow.at_ms >= to_ms(since))
        newest = query.order_by(col(DecisionRow.at_ms).desc(), col(DecisionRow.id)).limit(limit)
        return [(decision_of(row), row.asked or "") for row in self._session.exec(newest)]

    def decided(self, triggers: Collection[str]) -> set[str]:
        """Those of `triggers` that have a decision."""
        rows = self._session.exec(
            select(DecisionRow.trigger_id).where(
                *self._mine(), col(DecisionRow.trigger_id).in_(list(triggers))
            )
        )
        return set(rows)

    def find(self, decision: str) -> Decision | None:
        """The decision of this id."""
        row = self._session.exec(
            select(DecisionRow).where(*self._mine(), DecisionRow.id == decision)
        ).one_or_none()
        return None if row is None else decision_of(row)

    def by_id(self, decisions: Collection[str]) -> dict[str, Decision]:
        """Those of these decisions that there are."""
        rows = self._session.exec(
            select(DecisionRow).where(*self._mine(), col(DecisionRow.id).in_(list(decisions)))
        )
        return {row.id: decision_of(row) for row in rows}

    def shown(
        self,
        *,
        shoppers: Collection[ShopperId],
        households: Collection[HouseholdId],
        visits: Collection[str],
        since: datetime,
    ) -> list[ShownRecord]:
        """What counts in caps: of these shoppers or households since `since`, or in these visits.

        Decisions of every store of the organisation: a cap per day is the shopper's, not the
        shop's.
        """
        named = {"shoppers": shoppers, "households": households, "visits": visits}
        wanted = {name: list(each) for name, each in named.items() if each}
        if not wanted:
            return []
        asked = wanted | {"org": self._scope.org, "since_ms": to_ms(since)}
        rows = self._session.connection().execute(_counting(tuple(wanted)), asked)
        return [
            ShownRecord(
                ShopperId(shopper),
                HouseholdId(household) if household is not None else None,
                visit_id,
                CampaignId(campaign),
                from_ms(at_ms),
                OfferId(offer) if offer is not None else None,
                ReadingChannel(channel),
            )
            for _, _, shopper, household, visit_id, campaign, at_ms, offer, channel in rows
        ]

    def of_visits(self, visits: Mapping[str, ShopperId]) -> list[Decision]:
        """Offered and held-out decisions of shoppers' visits (visit: shopper), newest first."""
        rows = self._session.exec(
            select(DecisionRow)
            .where(
                *self._mine(),
                col(DecisionRow.visit_id).in_(list(visits)),
                DecisionRow.outcome != Outcome.NOTHING,
            )
            .order_by(col(DecisionRow.at_ms).desc(), col(DecisionRow.id).desc())
        )
        return [decision_of(row) for row in rows if visits.get(row.visit_id or "") == row.shopper]

    def of_shopper(self, shopper: ShopperId) -> list[Decision]:
        """Every decision about a shopper, oldest first: for the data download."""
        rows = self._session.exec(
            select(DecisionRow)
            .where(*self._mine(), DecisionRow.shopper == shopper)
            .order_by(col(DecisionRow.at_ms), col(DecisionRow.id))
        )
        return [decision_of(row) for row in rows]

    def page(
        self,
        *,
        limit: int,
        outcome: Outcome | None = None,
        shopper: ShopperId | None = None,
        before: tuple[int, str] | None = None,
    ) -> list[Decision]:
        """The newest decisions, newest first; `before` (at_ms, id) starts after that one."""
        query = select(DecisionRow).where(*self._mine())
        if outcome is not None:
            query = query.where(DecisionRow.outcome == outcome)
        if shopper is not None:
            query = query.where(DecisionRow.shopper == shopper)
        if before is not None:
            at_ms, name = before
            # The bound alone lets the index begin there; an OR alone walks from the newest on.
            query = query.where(
                col(DecisionRow.at_ms) <= at_ms,
                or_(col(DecisionRow.at_ms) < at_ms, col(DecisionRow.id) < name),
            )
        newest = query.order_by(col(DecisionRow.at_ms).desc(), col(DecisionRow.id).desc())
        return [decision_of(row) for row in self._session.exec(newest.limit(limit))]

    def count_by_outcome(self) -> dict[str, int]:
        """How many decisions of the store ended how."""
        rows = self._session.exec(
            select(DecisionRow.outcome, func.count())
            .where(*self._mine())
            .group_by(DecisionRow.outcome)
        )
        return dict(rows.all())

    def forget(self, shopper: ShopperId) -> int:
        """Put a random alias in place of an erased shopper; household and visit are taken off.

        The decisions stay countable, in their arm and as one unit; they name nobody. How many
        there were.
        """
        alias = f"forgotten-{uuid4().hex[:16]}"
        org = self._scope.org
        connection = self._session.connection()
        connection.execute(
            delete(PullAnswerRow).where(
                col(PullAnswerRow.org) == org, col(PullAnswerRow.shopper) == shopper
            )
        )
        changed = connection.execute(
            update(DecisionRow)
            .where(col(DecisionRow.org) == org, col(DecisionRow.shopper) == shopper)
            .values(shopper=alias, household=None, visit_id=None, asked=None)
        )
        return int(changed.rowcount)

    def _mine(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return col(DecisionRow.org) == self._scope.org, col(DecisionRow.store) == self._scope.store


@cache
def _counting(wanted: tuple[str, ...]) -> CompoundSelect[Any]:
    """What counts in caps, of those that are wanted; asked for every decision: built once.

    One OR over three indexes makes SQLite walk the whole organisation: with 40,000 decisions a
    trigger took 12 ms, commit included; with three looks joined by UNION 2 ms.
    """
    row = DecisionRow
    recent = col(row.at_ms) >= bindparam("since_ms")
    looks = {
        "shoppers": recent & col(row.shopper).in_(bindparam("shoppers", expanding=True)),
        "households": recent & col(row.household).in_(bindparam("households", expanding=True)),
        "visits": col(row.visit_id).in_(bindparam("visits", expanding=True)),
    }
    columns = select_columns(
        col(row.store),
        col(row.id),
        col(row.shopper),
        col(row.household),
        col(row.visit_id),
        col(row.campaign),
        col(row.at_ms),
        col(row.offer),
        col(row.channel),
    ).where(col(row.org) == bindparam("org"), col(row.outcome) != Outcome.NOTHING.value)
    return union(*(columns.where(looks[name]) for name in wanted))
