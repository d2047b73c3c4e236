"""What the back office promises - offers, campaigns, experiments - for the fuzzing of its API."""

import itertools
from collections.abc import Callable
from typing import Any

from benchmarks.openapi_bodies import CAMPAIGN, EXPERIMENT, OFFER
from benchmarks.outbox_kills import Store

Values = dict[str, Any]
TWO_VERSIONS = {"before": 1, "after": 2}


class Offers:
    """Saves them through the API of a running store, and says how requests name what is there."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._numbers = itertools.count(1)

    def known(self) -> dict[str, Callable[[], Values]]:
        """What each operation should take, by its method and path."""
        return {
            "GET /v1/offers/{offer_id}/difference": lambda: {
                "path": {"offer_id": self._offer(times=2)},
                "query": TWO_VERSIONS,
            },
            "PUT /v1/campaigns/{campaign_id}": lambda: {
                "path": {"campaign_id": f"c-{next(self._numbers)}"},
                "body": CAMPAIGN,
            },
            "POST /v1/campaigns/{campaign_id}/moves": lambda: {
                "path": {"campaign_id": self._campaign()},
                "body": {"move": "submit"},
            },
            "GET /v1/campaigns/{campaign_id}/difference": lambda: {
                "path": {"campaign_id": self._campaign(times=2)},
                "query": TWO_VERSIONS,
            },
            "PUT /v1/experiments/{experiment_id}": lambda: {
                "path": {"experiment_id": f"e-{next(self._numbers)}"},
                "body": EXPERIMENT,
            },
            "GET /v1/experiments/{experiment_id}": self._experiment,
            "POST /v1/experiments/{experiment_id}/start": self._experiment,
            "POST /v1/experiments/{experiment_id}/weights": lambda: {
                **self._experiment("start"),
                "body": {"weights": [[1, 2]]},
            },
            "POST /v1/experiments/{experiment_id}/stop": lambda: self._experiment("start"),
            "GET /v1/experiments/{experiment_id}/results": lambda: self._experiment("start"),
        }

    def _offer(self, *, times: int = 1) -> str:
        name = f"o-{next(self._numbers)}"
        for number in range(1, times + 1):
            self._put(f"/v1/offers/{name}", {**OFFER, "face_value_minor": number})
        return name

    def _campaign(self, *, times: int = 1) -> str:
        name = f"c-{next(self._numbers)}"
        for number in range(times):
            self._put(f"/v1/campaigns/{name}", {**CAMPAIGN, "name": f"Bread {number}"})
        return name

    def _experiment(self, *moves: str) -> Values:
        """An experiment of a campaign of its own: two that run would exclude each other."""
        name = f"e-{next(self._numbers)}"
        self._put(f"/v1/experiments/{name}", {**EXPERIMENT, "campaigns": [self._campaign()]})
        ops = self._store.api.key("ops")
        for move in moves:
            self._store.api.ask(ops, "POST", f"/v1/experiments/{name}/{move}")
        return {"path": {"experiment_id": name}}

    def _put(self, path: str, body: Values) -> None:
        ops = self._store.api.key("ops")
        self._store.api.ask(ops, "PUT", path, json=body).raise_for_status()
