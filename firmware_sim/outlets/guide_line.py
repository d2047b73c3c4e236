"""The line on which the console says where shoppers who are led by hand shall be.

A thread of its own asks the store (`GET /v1/simulation/walks`), which answers when there is
news. A name that is new is made known first, as a retailer's backend would do it; then it is
among `walks`. A store that is not simulated says so once, and the line is quiet for ever.
"""

import threading
from collections.abc import Callable, Mapping

import structlog

from firmware_sim.errors import OutletError
from firmware_sim.guided import Guided
from firmware_sim.ports import StoreApi

log = structlog.get_logger(__name__)

PATH = "/v1/simulation/walks"
WAIT_S = 5
AGAIN_S = 1.0
NOT_SIMULATED = "not_simulated"


class GuideLine:
    """Listens from construction to `close`."""

    def __init__(self, api: StoreApi, *, welcome: Callable[[str], None]) -> None:
        """`welcome` makes a new shopper known to the store; it may raise OutletError."""
        self._api = api
        self._welcome = welcome
        self._welcomed: set[str] = set()
        self._walks: tuple[Guided, ...] = ()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="guide-line", daemon=True)
        self._thread.start()

    @property
    def walks(self) -> tuple[Guided, ...]:
        """Who is led by hand now, and where to."""
        return self._walks

    def close(self) -> None:
        """Stop listening."""
        self._ended.set()
        self._thread.join(WAIT_S + 1)

    def _listen(self) -> None:
        revision = 0
        while not self._ended.is_set():
            try:
                answer = self._api.get(f"{PATH}?after={revision}&wait_s={WAIT_S}")
                self._walks = tuple(self._known(one) for one in _walks_of(answer))
                revision = _revision_of(answer)
            except OutletError as error:
                if NOT_SIMULATED in str(error):
                    return
                self._ended.wait(AGAIN_S)

    def _known(self, one: Mapping[str, object]) -> Guided:
        name, x, y = str(one.get("shopper_id")), one.get("x_m"), one.get("y_m")
        if name not in self._welcomed:
            self._welcome(name)
            self._welcomed.add(name)
            log.info("a shopper is led by hand")
        placed = isinstance(x, int | float) and isinstance(y, int | float)
        return Guided(name, (float(x), float(y)) if placed else None)  # type: ignore[arg-type] # placed says so


def _walks_of(answer: Mapping[str, object]) -> list[Mapping[str, object]]:
    walks = answer.get("walks")
    return [one for one in walks if isinstance(one, dict)] if isinstance(walks, list) else []


def _revision_of(answer: Mapping[str, object]) -> int:
    revision = answer.get("revision")
    return revision if isinstance(revision, int) else 0
