"""What shoppers buy regularly, and where; their stages."""

from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, select
from sqlmodel import Session, col

from store_server.clock import to_ms
from store_server.ids import Scope
from store_server.learning.tables import PurchaseBasketRow, PurchaseLineRow
from store_server.reports.own_categories import RECENT_DAYS, YEAR_DAYS, Bought
from store_server.shoppers.tables import ShopperProfileRow


class TasteLogRepository:
    """Purchases of the organisation, seen from one store."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def bought(self, *, until: datetime) -> list[Bought]:
        """Each category of each shopper in the year before `until`."""
        basket, line = PurchaseBasketRow, PurchaseLineRow
        # A till's basket is named STORE/ID (`flows.credit_basket.learn_basket`).
        mine = func.substr(col(basket.basket), 1, len(self._scope.store) + 1)
        recent = col(basket.at_ms) >= to_ms(until - timedelta(days=RECENT_DAYS))
        here = case((and_(mine == f"{self._scope.store}/", recent), 1), else_=0)
        rows = self._session.execute(
            select(
                col(basket.shopper),
                col(line.category),
                func.count(col(basket.basket).distinct()),
                func.max(here),
            )
            .join_from(
                basket,
                line,
                and_(col(line.org) == col(basket.org), col(line.basket) == col(basket.basket)),
            )
            .where(
                col(basket.org) == self._scope.org,
                col(line.category).is_not(None),
                col(basket.at_ms) >= to_ms(until - timedelta(days=YEAR_DAYS)),
                col(basket.at_ms) < to_ms(until),
            )
            .group_by(col(basket.shopper), col(line.category))
        )
        return [
            Bought(shopper, category, int(times), bool(here))
            for shopper, category, times, here in rows
        ]

    def stages(self) -> dict[str, str]:
        """The stage of each shopper who has one."""
        rows = self._session.execute(
            select(col(ShopperProfileRow.shopper), col(ShopperProfileRow.stage)).where(
                col(ShopperProfileRow.org) == self._scope.org,
                col(ShopperProfileRow.stage).is_not(None),
            )
        )
        return {row[0]: row[1] for row in rows}
