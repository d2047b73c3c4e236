"""How many coupons of an offer have been given out, in the database: never more than its pool."""

from collections.abc import Collection

from sqlalchemy import bindparam, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from store_server.database import insert_new
from store_server.decisions.tables import CouponPoolRow
from store_server.ids import OfferId, Scope

# Asked for every decision: prepared once.
_ISSUED = select_columns(col(CouponPoolRow.offer), col(CouponPoolRow.issued)).where(
    col(CouponPoolRow.org) == bindparam("org"),
    col(CouponPoolRow.offer).in_(bindparam("offers", expanding=True)),
)


class PoolRepository:
    """The pools of an organisation's offers.

    The limit stands in the UPDATE's condition, so that two writers cannot both take the last one.
    """

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._org = scope.org

    def issued(self, offers: Collection[OfferId]) -> dict[OfferId, int]:
        """How many coupons of each have been given out."""
        asked = {"org": self._org, "offers": list(offers)}
        rows = self._session.connection().execute(_ISSUED, asked)
        return {OfferId(offer): number for offer, number in rows}

    def hold(self, offers: Collection[OfferId]) -> int:
        """Lock the pools of these offers, in a fixed order, until the commit; how many."""
        names = sorted(offers)
        known = self.issued(offers)
        fresh: list[dict[str, object]] = [
            {"org": self._org, "offer": one, "issued": 0} for one in names if one not in known
        ]
        insert_new(self._session, CouponPoolRow, fresh)
        query = (
            select(CouponPoolRow.issued)
            .where(CouponPoolRow.org == self._org, col(CouponPoolRow.offer).in_(names))
            .order_by(col(CouponPoolRow.offer))
        )
        return len(self._session.exec(query.with_for_update()).all())

    def take(self, offer: OfferId, *, most: int) -> bool:
        """Give out one more; False when `most` are out."""
        insert_new(self._session, CouponPoolRow, [{"org": self._org, "offer": offer, "issued": 0}])
        changed = self._session.connection().execute(
            update(CouponPoolRow)
            .where(
                col(CouponPoolRow.org) == self._org,
                col(CouponPoolRow.offer) == offer,
                col(CouponPoolRow.issued) < most,
            )
            .values(issued=col(CouponPoolRow.issued) + 1)
        )
        return int(changed.rowcount) == 1

    def give_back(self, offer: OfferId) -> None:
        """Undo the last `take` within the same transaction."""
        self._session.connection().execute(
            update(CouponPoolRow)
            .where(
                col(CouponPoolRow.org) == self._org,
                col(CouponPoolRow.offer) == offer,
                col(CouponPoolRow.issued) > 0,
            )
            .values(issued=col(CouponPoolRow.issued) - 1)
        )
