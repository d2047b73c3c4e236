"""Everything the purchase ranker knows: histories of shoppers, and counts of items over all.

All of it is whole numbers, counted exactly: the same baskets give the same statistics to the last
bit, whether they came at once, in two parts or late. A basket costs O(its items); the same basket
again costs nothing and changes nothing.
"""

from array import array
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import blake2b
from typing import NotRequired, TypedDict

from store_server.learning.item_popularity import ItemPopularity
from store_server.learning.shopper_history import BasketNumbers, ShopperHistory

DAY_S = 86_400
_EPOCH_NAIVE = datetime(1970, 1, 1)  # noqa: DTZ001 - the zero of naive local times
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BasketEvent(TypedDict):
    """One basket as it comes from outside; items in the order of the receipt."""

    shopper_id: str
    ts: datetime  # aware, or naive local time of the store
    store_id: str | None
    items: Iterable[str]
    basket_id: NotRequired[str]  # unique; without it shopper, time and items are the identity


class SavedStatistics(TypedDict):
    """Everything, as plain numbers and strings."""

    items: list[str]
    stores: list[str]
    popularity: list[list[int]]  # day, item, baskets
    of_store: list[list[int]]  # store, item, baskets
    buyers: list[int]
    repeats: list[int]
    gap_s: list[int]
    baskets: int
    shoppers: dict[str, list[list[int]]]


class Names:
    """Numbers for names, in the order in which they were first seen."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.of_number = list(names)
        self._number_of = {name: number for number, name in enumerate(self.of_number)}

    def number(self, name: str) -> int:
        """The name's number, a new one if it has none."""
        number = self._number_of.get(name)
        if number is None:
            number = self._number_of[name] = len(self.of_number)
            self.of_number.append(name)
        return number

    def known(self, name: str | None) -> int:
        """The name's number, or -1."""
        return -1 if name is None else self._number_of.get(name, -1)

    def __len__(self) -> int:
        """How many names there are."""
        return len(self.of_number)


def seconds(at: datetime) -> int:
    """Seconds since 1970; a naive time counts as it stands."""
    return int((at - (_EPOCH if at.tzinfo else _EPOCH_NAIVE)).total_seconds() // 1)


def hour_of_week(at: datetime) -> int:
    """The hour on the clock beside it, 0 is Monday 00-01, 167 Sunday 23-24."""
    return at.weekday() * 24 + at.hour


class PurchaseStatistics:
    """Histories by shopper, and for each item: popularity, buyers, repeats and gaps."""

    def __init__(self) -> None:
        self.items = Names()
        self.stores = Names()
        self.popularity = ItemPopularity()
        self.of_store: dict[int, dict[int, int]] = {}  # store -> item -> baskets
        self.lines_of_store: dict[int, int] = {}
        self.buyers = array("q")  # item -> shoppers who bought it
        self.repeats = array("q")  # item -> purchases by somebody who had bought it before
        self.gap_s = array("q")  # item -> sum of the times between such purchases
        self.baskets = 0
        self._shoppers: dict[str, ShopperHistory] = {}

    def take(self, event: BasketEvent) -> bool:
        """Count one basket; False when it has been counted already."""
        names = list(dict.fromkeys(event["items"]))
        at_s = seconds(event["ts"])
        shopper = event["shopper_id"]
        basket = BasketNumbers(
            _basket_key(event.get("basket_id"), shopper, at_s, names),
            at_s,
            hour_of_week(event["ts"]),
            self.stores.number(event["store_id"]) if event["store_id"] is not None else -1,
            [self._item(name) for name in names],
        )
        history = self._shoppers.get(shopper)
        if history is None:
            history = self._shoppers[shopper] = ShopperHistory()
        elif history.holds(basket):
            return False
        self._count_repeats(history, basket)
        history.insert(basket)
        self.popularity.add(at_s // DAY_S, basket.items)
        sold = self.of_store.setdefault(basket.store, {})
        for item in basket.items:
            sold[item] = sold.get(item, 0) + 1
        lines = self.lines_of_store.get(basket.store, 0)
        self.lines_of_store[basket.store] = lines + len(basket.items)
        self.baskets += 1
        return True

    def history(self, shopper: str) -> ShopperHistory | None:
        """The shopper's own baskets; None when there are none."""
        return self._shoppers.get(shopper)

    def erase(self, shopper: str) -> bool:
        """Forget the shopper's own baskets; whether there were any.

        What they added to the counts of all stays: it names nobody.
        """
        return self._shoppers.pop(shopper, None) is not None

    def state(self) -> SavedStatistics:
        """All of it as plain numbers and strings: for saving, and for comparing."""
        return {
            "items": list(self.items.of_number),
            "stores": list(self.stores.of_number),
            "popularity": self.popularity.state(),
            "of_store": [
                [store, item, count]
                for store, sold in sorted(self.of_store.items())
                for item, count in sorted(sold.items())
            ],
            "buyers": self.buyers.tolist(),
            "repeats": self.repeats.tolist(),
            "gap_s": self.gap_s.tolist(),
            "baskets": self.baskets,
            "shoppers": {name: list(one.state()) for name, one in sorted(self._shoppers.items())},
        }

    @classmethod
    def restored(cls, state: SavedStatistics) -> "PurchaseStatistics":
        """The statistics that `state` was taken of."""
        statistics = cls()
        statistics.items, statistics.stores = Names(state["items"]), Names(state["stores"])
        statistics.popularity = ItemPopularity.restored(state["popularity"])
        for store, item, count in state["of_store"]:
            statistics.of_store.setdefault(store, {})[item] = count
            lines = statistics.lines_of_store.get(store, 0)
            statistics.lines_of_store[store] = lines + count
        statistics.buyers = array("q", state["buyers"])
        statistics.repeats = array("q", state["repeats"])
        statistics.gap_s = array("q", state["gap_s"])
        statistics.baskets = state["baskets"]
        statistics._shoppers = {
            name: ShopperHistory.restored(parts) for name, parts in state["shoppers"].items()
        }
        return statistics

    def __eq__(self, other: object) -> bool:
        """Whether both know exactly the same."""
        return isinstance(other, PurchaseStatistics) and self.state() == other.state()

    __hash__ = None  # type: ignore[assignment]  # it changes with every basket

    def __len__(self) -> int:
        """How many shoppers have a history."""
        return len(self._shoppers)

    def _item(self, name: str) -> int:
        number = self.items.number(name)
        if number == len(self.buyers):
            for column in (self.buyers, self.repeats, self.gap_s):
                column.append(0)
        return number

    def _count_repeats(self, history: ShopperHistory, basket: BasketNumbers) -> None:
        """The sum of gaps is last minus first: a late basket in between adds nothing to it."""
        for item in basket.items:
            last_s = history.last_s_of.get(item)
            if last_s is None:
                self.buyers[item] += 1
                continue
            self.repeats[item] += 1
            if basket.at_s > last_s:
                self.gap_s[item] += basket.at_s - last_s
            elif (first_s := history.first_s_of(item)) is not None and basket.at_s < first_s:
                self.gap_s[item] += first_s - basket.at_s


def _basket_key(basket_id: str | None, shopper: str, at_s: int, items: list[str]) -> int:
    text = basket_id if basket_id is not None else "\x1f".join([shopper, str(at_s), *sorted(items)])
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 1
