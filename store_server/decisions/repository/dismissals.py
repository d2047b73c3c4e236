"""What shoppers waved away, in the database: kept by store, asked for over the organisation."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new
from store_server.decisions.tables import DismissalRow
from store_server.ids import CampaignId, Scope, ShopperId

# Asked for every decision: prepared once.
_LAST = (
    select_columns(
        col(DismissalRow.shopper), col(DismissalRow.campaign), func.max(col(DismissalRow.at_ms))
    )
    .where(
        col(DismissalRow.org) == bindparam("org"),
        col(DismissalRow.shopper).in_(bindparam("shoppers", expanding=True)),
        col(DismissalRow.at_ms) >= bindparam("since_ms"),
    )
    .group_by(col(DismissalRow.shopper), col(DismissalRow.campaign))
)


class DismissalRepository:
    """Dismissals of offers."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def add(self, decision: str, *, shopper: ShopperId, campaign: CampaignId, at: datetime) -> bool:
        """Keep that the offer of a decision was dismissed; False when it was before."""
        row: dict[str, object] = {
            "org": self._scope.org,
            "store": self._scope.store,
            "decision": decision,
            "shopper": shopper,
            "campaign": campaign,
            "at_ms": to_ms(at),
        }
        return insert_new(self._session, DismissalRow, [row]) == 1

    def last(
        self, shoppers: Collection[ShopperId], *, since: datetime
    ) -> dict[tuple[ShopperId, CampaignId], datetime]:
        """When each of these shoppers last dismissed a campaign, in any store."""
        asked = {"org": self._scope.org, "shoppers": list(shoppers), "since_ms": to_ms(since)}
        rows = self._session.connection().execute(_LAST, asked)
        return {(ShopperId(who), CampaignId(what)): from_ms(at) for who, what, at in rows}

    def among(self, decisions: Collection[str]) -> set[str]:
        """Those of these decisions of this store whose offer was dismissed."""
        rows = self._session.exec(
            select(DismissalRow.decision).where(
                DismissalRow.org == self._scope.org,
                DismissalRow.store == self._scope.store,
                col(DismissalRow.decision).in_(list(decisions)),
            )
        )
        return set(rows)

    def of_shopper(self, shopper: ShopperId) -> list[tuple[str, datetime]]:
        """(decision, when) of what a shopper dismissed here, oldest first: for the download."""
        rows = self._session.exec(
            select(DismissalRow.decision, DismissalRow.at_ms)
            .where(
                DismissalRow.org == self._scope.org,
                DismissalRow.store == self._scope.store,
                DismissalRow.shopper == shopper,
            )
            .order_by(col(DismissalRow.at_ms), col(DismissalRow.decision))
        )
        return [(decision, from_ms(at_ms)) for decision, at_ms in rows]

    def forget(self, shopper: ShopperId) -> int:
        """Erase what a shopper dismissed, in every store; how many there were."""
        gone = self._session.connection().execute(
            delete(DismissalRow).where(
                col(DismissalRow.org) == self._scope.org, col(DismissalRow.shopper) == shopper
            )
        )
        return int(gone.rowcount)
