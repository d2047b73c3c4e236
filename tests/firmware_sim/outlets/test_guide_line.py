"""The line to the console: new names are made known first, a real store is left alone."""

import threading
from collections.abc import Callable, Mapping

from firmware_sim.errors import OutletError
from firmware_sim.guided import Guided
from firmware_sim.outlets import GuideLine
from tests.firmware_sim.fakes import FakeStore

EVA: Mapping[str, object] = {"shopper_id": "simulated:eva", "x_m": 2, "y_m": 3.5}


class GuidingStore(FakeStore):
    """Answers each question with the next of its answers, then keeps the line waiting."""

    def __init__(self, *answers: Mapping[str, object] | OutletError) -> None:
        super().__init__()
        self._answers = list(answers)
        self.asked: list[str] = []
        self.spent = threading.Event()
        self.ended = threading.Event()

    def get(self, path: str) -> Mapping[str, object]:
        self.asked.append(path)
        if not self._answers:
            self.spent.set()
            self.ended.wait(20)
            raise OutletError("GET: closed")
        answer = self._answers.pop(0)
        if isinstance(answer, OutletError):
            self.spent.set()
            raise answer
        return answer


def walks_after(store: GuidingStore, welcome: Callable[[str], None]) -> tuple[Guided, ...]:
    line = GuideLine(store, welcome=welcome)
    assert store.spent.wait(20)
    walks = line.walks
    store.ended.set()
    line.close()
    return walks


def test_a_new_shopper_is_made_known_once_and_then_led() -> None:
    welcomed: list[str] = []
    store = GuidingStore(
        {"revision": 4, "walks": [{**EVA, "x_m": None, "y_m": None}]},
        {"revision": 5, "walks": [EVA]},
    )

    walks = walks_after(store, welcomed.append)

    assert welcomed == ["simulated:eva"]
    assert walks == (Guided("simulated:eva", (2.0, 3.5)),)
    assert [path.partition("after=")[2].partition("&")[0] for path in store.asked] == [
        "0",
        "4",
        "5",
    ]


def test_a_real_store_is_asked_once() -> None:
    store = GuidingStore(OutletError("GET /v1/simulation/walks: 409 not_simulated: no"))

    assert walks_after(store, lambda _name: None) == ()
    assert len(store.asked) == 1
