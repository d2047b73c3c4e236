"""What was brought back of the baskets of one store."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from store_server.clock import to_ms
from store_server.database import insert_new
from store_server.ids import Scope
from store_server.redemptions.basket_return import BasketReturn, Refund
from store_server.redemptions.tables import ReturnRow


class ReturnRepository:
    """The returns of one store."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def add(self, back: BasketReturn, refunds: Sequence[Refund], *, taken_at: datetime) -> bool:
        """Write a return down; False when there is one of this id."""
        row: dict[str, object] = {
            "org": self._scope.org,
            "store": self._scope.store,
            "id": back.id,
            "basket": back.basket,
            "till": back.till,
            "at_ms": to_ms(back.at),
            "taken_at_ms": to_ms(taken_at),
            "refund_minor": sum(one.refund_minor for one in refunds),
            "lines": json.dumps(
                [[one.line, one.quantity, one.refund_minor, one.tax_minor] for one in refunds]
            ),
        }
        return insert_new(self._session, ReturnRow, [row]) == 1

    def units_back(self, basket: str) -> dict[int, int]:
        """How many units of each line of a basket are back."""
        rows = self._session.exec(
            select(ReturnRow.lines).where(
                ReturnRow.org == self._scope.org,
                ReturnRow.store == self._scope.store,
                col(ReturnRow.basket) == basket,
            )
        )
        back: dict[int, int] = {}
        for text in rows:
            for line, quantity, _, _ in json.loads(text):
                back[line] = back.get(line, 0) + quantity
        return back
