"""Purchases of an organisation in the database, written once and read back at a start."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import delete, func, insert, update
from sqlalchemy import select as select_columns
from sqlalchemy.sql.selectable import SelectBase
from sqlmodel import Session, col, select

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new
from store_server.ids import Scope, ShopperId
from store_server.learning.offer_effect import Evidence
from store_server.learning.purchase import Purchase, PurchaseLine, Spent
from store_server.learning.purchase_model import BasketSeen
from store_server.learning.tables import OfferEffectRow, PurchaseBasketRow, PurchaseLineRow

# SQLite takes 32,766 bound values in a statement; a basket row has 4.
BASKETS_AT_ONCE = 2_000


class PurchaseRepository:
    """Baskets and their lines; a shopper's purchases belong to the organisation."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def add(self, purchases: Sequence[Purchase]) -> list[Purchase]:
        """Write those baskets that are not there yet; which ones, in the order given.

        A basket id that comes twice is the same basket: the first one stands. Whoever learns
        must learn from the answer only.
        """
        fresh: list[Purchase] = []
        for start in range(0, len(purchases), BASKETS_AT_ONCE):
            fresh += self._add(purchases[start : start + BASKETS_AT_ONCE])
        return fresh

    def load_baskets(self) -> Iterator[BasketSeen]:
        """Every basket for `PurchaseModel.load`, by time and id, read as a stream."""
        rows = self._session.execute(
            select(
                col(PurchaseBasketRow.at_ms),
                col(PurchaseBasketRow.basket),
                col(PurchaseBasketRow.shopper),
                col(PurchaseLineRow.category),
            )
            .join(
                PurchaseLineRow,
                (col(PurchaseLineRow.org) == col(PurchaseBasketRow.org))
                & (col(PurchaseLineRow.basket) == col(PurchaseBasketRow.basket)),
                isouter=True,
            )
            .where(col(PurchaseBasketRow.org) == self._scope.org)
            .order_by(col(PurchaseBasketRow.at_ms), col(PurchaseBasketRow.basket))
            .execution_options(yield_per=10_000)
        )
        for (at_ms, _, shopper), lines in groupby(rows, key=lambda row: (row[0], row[1], row[2])):
            categories = frozenset(line[3] for line in lines if line[3] is not None)
            yield BasketSeen(ShopperId(shopper), from_ms(at_ms), categories)

    def of_shopper(self, shopper: ShopperId) -> list[Purchase]:
        """The shopper's baskets, oldest first: for the shopper's own download."""
        baskets = self._session.execute(
            select(PurchaseBasketRow.basket, PurchaseBasketRow.at_ms)
            .where(PurchaseBasketRow.org == self._scope.org, PurchaseBasketRow.shopper == shopper)
            .order_by(col(PurchaseBasketRow.at_ms), col(PurchaseBasketRow.basket))
        ).all()
        return [
            Purchase(basket, shopper, from_ms(at_ms), self._lines(basket))
            for basket, at_ms in baskets
        ]

    def line_rows(self) -> SelectBase:
        """Every line, to be read inside another statement (segments count in them).

        Columns: shopper, at_ms, basket, product, category, quantity, amount_minor.
        """
        basket, line = PurchaseBasketRow, PurchaseLineRow
        return (
            select_columns(
                col(basket.shopper),
                col(basket.at_ms),
                col(basket.basket),
                col(line.product),
                col(line.category),
                col(line.quantity),
                col(line.amount_minor),
            )
            .join_from(
                basket,
                line,
                (col(line.org) == col(basket.org)) & (col(line.basket) == col(basket.basket)),
            )
            .where(col(basket.org) == self._scope.org)
        )

    def bought_since(self, since: Mapping[ShopperId, datetime]) -> dict[ShopperId, set[str]]:
        """The categories that each of these shoppers bought from their own instant on."""
        basket, line = PurchaseBasketRow, PurchaseLineRow
        rows = self._session.execute(
            select(col(basket.shopper), col(basket.at_ms), col(line.category)).where(
                basket.org == self._scope.org,
                col(basket.shopper).in_(list(since)),
                basket.at_ms >= min(map(to_ms, since.values())),
                line.org == basket.org,
                line.basket == basket.basket,
                col(line.category).is_not(None),
            )
        )
        found: dict[ShopperId, set[str]] = {}
        for shopper, at_ms, category in rows:
            if at_ms >= to_ms(since[ShopperId(shopper)]):
                found.setdefault(ShopperId(shopper), set()).add(str(category))
        return found

    def spending(
        self, shoppers: Collection[str] | None = None
    ) -> Iterator[tuple[ShopperId, list[Spent]]]:
        """What each shopper spent when, oldest first: of these, or of everybody, as a stream."""
        basket, line = PurchaseBasketRow, PurchaseLineRow
        statement = (
            select(
                col(basket.shopper),
                col(basket.at_ms),
                func.coalesce(func.sum(line.amount_minor), 0),
            )
            .join(
                line,
                (col(line.org) == col(basket.org)) & (col(line.basket) == col(basket.basket)),
                isouter=True,
            )
            .where(col(basket.org) == self._scope.org)
            .group_by(col(basket.shopper), col(basket.at_ms), col(basket.basket))
            .order_by(col(basket.shopper), col(basket.at_ms), col(basket.basket))
            .execution_options(yield_per=10_000)
        )
        if shoppers is not None:
            statement = statement.where(col(basket.shopper).in_(list(shoppers)))
        rows = self._session.execute(statement)
        for shopper, baskets in groupby(rows, key=itemgetter(0)):
            yield ShopperId(shopper), [Spent(from_ms(one[1]), int(one[2])) for one in baskets]

    def shoppers_after(self, shopper: str, *, limit: int) -> list[ShopperId]:
        """The next `limit` shoppers with purchases, in an order of the database's own."""
        name = col(PurchaseBasketRow.shopper)
        found = self._session.exec(
            select(PurchaseBasketRow.shopper)
            .where(PurchaseBasketRow.org == self._scope.org, name > shopper)
            .distinct()
            .order_by(name)
            .limit(limit)
        )
        return [ShopperId(one) for one in found]

    def baskets_of(self, shopper: ShopperId) -> list[str]:
        """The ids of the shopper's baskets, sorted."""
        found = self._session.exec(
            select(PurchaseBasketRow.basket).where(
                PurchaseBasketRow.org == self._scope.org, PurchaseBasketRow.shopper == shopper
            )
        )
        return sorted(found)

    def hand_over(self, baskets: Sequence[str], *, to: ShopperId) -> None:
        """Make these baskets another shopper's: two names of one person."""
        for start in range(0, len(baskets), BASKETS_AT_ONCE):
            chunk = baskets[start : start + BASKETS_AT_ONCE]
            self._session.connection().execute(
                update(PurchaseBasketRow)
                .where(
                    col(PurchaseBasketRow.org) == self._scope.org,
                    col(PurchaseBasketRow.basket).in_(chunk),
                )
                .values(shopper=to)
            )

    def forget(self, shopper: ShopperId) -> int:
        """Erase the shopper's baskets and lines; how many baskets there were."""
        org = self._scope.org
        baskets = select(PurchaseBasketRow.basket).where(
            PurchaseBasketRow.org == org, PurchaseBasketRow.shopper == shopper
        )
        connection = self._session.connection()
        connection.execute(
            delete(PurchaseLineRow).where(
                col(PurchaseLineRow.org) == org, col(PurchaseLineRow.basket).in_(baskets)
            )
        )
        gone = connection.execute(
            delete(PurchaseBasketRow).where(
                col(PurchaseBasketRow.org) == org, col(PurchaseBasketRow.shopper) == shopper
            )
        )
        return int(gone.rowcount)

    def count(self) -> int:
        """How many baskets the organisation has."""
        counted = select(func.count()).where(PurchaseBasketRow.org == self._scope.org)
        return int(self._session.exec(counted).one())

    def _add(self, purchases: Sequence[Purchase]) -> list[Purchase]:
        fresh = self._not_yet_known(purchases)
        org = self._scope.org
        baskets: list[dict[str, object]] = [
            {"org": org, "basket": p.basket, "shopper": p.shopper, "at_ms": to_ms(p.at)}
            for p in fresh
        ]
        insert_new(self._session, PurchaseBasketRow, baskets)
        lines = [
            {
                "org": org,
                "basket": purchase.basket,
                "line": number,
                "product": line.product,
                "category": line.category,
                "quantity": line.quantity,
                "amount_minor": line.amount_minor,
            }
            for purchase in fresh
            for number, line in enumerate(purchase.lines)
        ]
        if lines:
            self._session.connection().execute(insert(PurchaseLineRow), lines)
        return fresh

    def _not_yet_known(self, purchases: Iterable[Purchase]) -> list[Purchase]:
        first: dict[str, Purchase] = {}
        for purchase in purchases:
            first.setdefault(purchase.basket, purchase)
        known = set(
            self._session.exec(
                select(PurchaseBasketRow.basket).where(
                    PurchaseBasketRow.org == self._scope.org,
                    col(PurchaseBasketRow.basket).in_(list(first)),
                )
            )
        )
        return [purchase for basket, purchase in first.items() if basket not in known]

    def _lines(self, basket: str) -> tuple[PurchaseLine, ...]:
        rows = self._session.execute(
            select(
                col(PurchaseLineRow.product),
                col(PurchaseLineRow.category),
                col(PurchaseLineRow.quantity),
                col(PurchaseLineRow.amount_minor),
            )
            .where(PurchaseLineRow.org == self._scope.org, PurchaseLineRow.basket == basket)
            .order_by(col(PurchaseLineRow.line))
        )
        return tuple(PurchaseLine(row[0], row[1], row[2], row[3]) for row in rows)


class OfferEffectRepository:
    """Evidence of what offers add, by offer and segment; it belongs to the organisation."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def load(self) -> dict[tuple[str, str], Evidence]:
        """All of it by (offer, segment), for `OfferEffects`."""
        row = OfferEffectRow
        kept = [col(getattr(row, field.name)) for field in fields(Evidence)]
        found = self._session.connection().execute(
            select_columns(col(row.offer), col(row.segment), *kept).where(
                col(row.org) == self._scope.org
            )
        )
        return {(offer, segment): Evidence(*sums) for offer, segment, *sums in found}

    def add(self, offer: str, segment: str, *, evidence: Evidence) -> None:
        """Add to what is kept; several writers may."""
        row, more = OfferEffectRow, asdict(evidence)
        key = {"org": self._scope.org, "offer": offer, "segment": segment}
        insert_new(self._session, row, [{**key, **asdict(Evidence())}])
        self._session.connection().execute(
            update(row)
            .where(*(col(getattr(row, name)) == value for name, value in key.items()))
            .values({name: col(getattr(row, name)) + value for name, value in more.items()})
        )

    def forget(self, offer: str) -> int:
        """Drop an offer whose terms have changed; how many segments there were."""
        gone = self._session.connection().execute(
            delete(OfferEffectRow).where(
                col(OfferEffectRow.org) == self._scope.org, col(OfferEffectRow.offer) == offer
            )
        )
        return int(gone.rowcount)
