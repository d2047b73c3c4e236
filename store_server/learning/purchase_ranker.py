"""What will this shopper buy next? Candidates from the own record, put in order by a re-scorer.

The statistics (`purchase_statistics`) are counted with every basket, in O(its items). The
re-scorer is trained in `fit` alone, on the last weeks of the baskets given: each sampled trip of
those weeks is described as it looked before it, by the very code that answers later, and what was
bought then is the label. Between two fits its weights stand still while the counts go on.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from store_server.learning.lambdarank import LambdaRankRescorer, available
from store_server.learning.logistic import LogisticRescorer
from store_server.learning.own_items import Trip
from store_server.learning.purchase_statistics import (
    DAY_S,
    BasketEvent,
    PurchaseStatistics,
    hour_of_week,
    seconds,
)
from store_server.learning.rank_features import Candidates, describe, plain_scores
from store_server.learning.rescoring import Examples, Floats, Rescorer, gathered

# Labels: the last eight weeks, and never more than the last third of what there is.
LABEL_DAYS = 56
LABEL_PART = 1 / 3
# More trips than these improve the ranking of real baskets by less than its error.
MOST_TRIPS = 5_000
# Fewer than these train nothing: own frequency and popularity rank as they are.
FEWEST_TRIPS = 200
SAMPLE_SEED = 20_170_803
FORMAT = 1


class PurchaseRanker:
    """Counts baskets and ranks items; see the module's words.

    Args:
        trees: use LightGBM; None: when it is installed. Without it the logistic regression ranks.
    """

    def __init__(self, *, trees: bool | None = None) -> None:
        self.statistics = PurchaseStatistics()
        self._trees = trees
        self._logistic: LogisticRescorer | None = None
        self._lambdarank: LambdaRankRescorer | None = None

    @property
    def rescorer(self) -> Rescorer | None:
        """What puts the candidates in order; None: own frequency and popularity as they are."""
        return self._lambdarank or self._logistic

    def fit(self, events: Iterable[BasketEvent]) -> None:
        """Start anew: count these baskets, and train the re-scorer on their last weeks.

        Args:
            events: by time.
        """
        self.statistics = PurchaseStatistics()
        self._logistic = self._lambdarank = None
        examples = self._count_and_sample(list(events))
        if examples is None:
            return
        self._logistic = LogisticRescorer.trained(examples)
        if self._may_use_trees():
            self._lambdarank = LambdaRankRescorer.trained(examples)

    def update(self, event: BasketEvent) -> bool:
        """Count one basket, late ones too; False when it was counted before. No refit."""
        return self.statistics.take(event)

    def rank(
        self,
        shopper_id: str | None,
        ts: datetime,
        store_id: str | None = None,
        candidates: Collection[str] | None = None,
        k: int = 20,
    ) -> list[tuple[str, float]]:
        """The `k` items most likely in the basket of a visit at `ts`, best first.

        Args:
            shopper_id: one without baskets gets what is popular.
            ts: the instant of the visit.
            store_id: where; None: not known.
            candidates: rank only these; those never sold come last.
            k: how many.

        Returns:
            (item, score); a score means something only within the list.
        """
        numbers = self._known(candidates) if candidates is not None else None
        found = self._describe(shopper_id, _trip(self.statistics, ts, store_id), only=numbers)
        unscored = self.rescorer is None or self._history_length(shopper_id) == 0
        score = plain_scores(found) if unscored else self._score(found)
        order = np.lexsort((found.item, -score))[: max(k, 0)]
        names = self.statistics.items.of_number
        ranked = [
            (names[item], value)
            for item, value in zip(found.item[order].tolist(), score[order].tolist(), strict=True)
        ]
        if candidates is not None and len(ranked) < k:
            lowest = min((value for _, value in ranked), default=0.0)
            chosen = {name for name, _ in ranked}
            rest = [name for name in dict.fromkeys(candidates) if name not in chosen]
            ranked += [(name, lowest - 1.0) for name in rest[: k - len(ranked)]]
        return ranked

    def erase(self, shopper_id: str) -> bool:
        """Forget the shopper's own baskets; whether there were any."""
        return self.statistics.erase(shopper_id)

    def save(self, path: Path) -> None:
        """Write all of it into one file, whole or not at all."""
        state = {
            "format": FORMAT,
            "statistics": self.statistics.state(),
            "logistic": self._logistic.state() if self._logistic else None,
            "lambdarank": self._lambdarank.state() if self._lambdarank else None,
        }
        draft = path.with_name(path.name + ".new")
        draft.write_bytes(msgspec.json.encode(state))
        draft.replace(path)

    @classmethod
    def load(cls, path: Path, *, trees: bool | None = None) -> "PurchaseRanker":
        """The ranker that `save` wrote; without LightGBM its logistic regression ranks.

        Raises:
            ValueError: the file is not one of this version's.
        """
        try:
            state = msgspec.json.decode(path.read_bytes())
        except msgspec.DecodeError as error:
            raise ValueError(f"{path}: not a saved purchase ranker ({error}); fit again") from error
        if not isinstance(state, dict) or state.get("format") != FORMAT:
            raise ValueError(f"{path}: expected a purchase ranker of format {FORMAT}; fit again")
        ranker = cls(trees=trees)
        ranker.statistics = PurchaseStatistics.restored(state["statistics"])
        if state["logistic"]:
            ranker._logistic = LogisticRescorer.restored(state["logistic"])
        if state["lambdarank"] and ranker._may_use_trees():
            ranker._lambdarank = LambdaRankRescorer.restored(state["lambdarank"])
        return ranker

    def _count_and_sample(self, events: Sequence[BasketEvent]) -> Examples | None:
        asked = _sample(events)
        trips: list[tuple[Floats, NDArray[np.bool_]]] = []
        for number, event in enumerate(events):
            if number in asked and self._history_length(event["shopper_id"]) > 0:
                trip = _trip(self.statistics, event["ts"], event["store_id"])
                found = self._describe(event["shopper_id"], trip)
                bought = np.isin(found.item, [*self._known(event["items"])])
                if bought.any():
                    trips.append((found.features.astype(np.float32), bought))
            self.update(event)
        return gathered(trips) if len(trips) >= FEWEST_TRIPS else None

    def _describe(
        self, shopper: str | None, trip: Trip, *, only: Collection[int] | None = None
    ) -> Candidates:
        history = self.statistics.history(shopper) if shopper is not None else None
        return describe(self.statistics, history, trip=trip, only=only)

    def _score(self, found: Candidates) -> Floats:
        assert self.rescorer is not None
        return self.rescorer.score(found.features)

    def _history_length(self, shopper: str | None) -> int:
        history = self.statistics.history(shopper) if shopper is not None else None
        return len(history) if history is not None else 0

    def _may_use_trees(self) -> bool:
        return available() if self._trees is None else self._trees

    def _known(self, names: Iterable[str]) -> set[int]:
        return {self.statistics.items.known(name) for name in names} - {-1}


def _trip(statistics: PurchaseStatistics, ts: datetime, store_id: str | None) -> Trip:
    return Trip(seconds(ts), hour_of_week(ts), statistics.stores.known(store_id))


def _sample(events: Sequence[BasketEvent]) -> frozenset[int]:
    """Which baskets of the last weeks are learned from, by their place."""
    if not events:
        return frozenset()
    first_s, last_s = seconds(events[0]["ts"]), seconds(events[-1]["ts"])
    start_s = last_s - min(LABEL_DAYS * DAY_S, int((last_s - first_s) * LABEL_PART))
    late = [number for number, event in enumerate(events) if seconds(event["ts"]) >= start_s]
    rng = np.random.default_rng(SAMPLE_SEED)
    chosen = rng.choice(late, min(MOST_TRIPS, len(late)), replace=False)
    return frozenset(chosen.tolist())
