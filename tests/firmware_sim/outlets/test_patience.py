"""A server that is away is waited for; what must not be asked twice is not."""

import socket

import httpx
import pytest

from firmware_sim.errors import OutletError
from firmware_sim.outlets.patience import Patience


class Clockwork:
    """Time that passes only by sleeping; answers that come one by one."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers)
        self.pauses: list[float] = []

    def send(self) -> httpx.Response:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)

    def ask(self, *, repeatable: bool, patience_s: float = 10) -> int:
        patience = Patience(
            patience_s, sleep=self.pauses.append, monotonic=lambda: sum(self.pauses)
        )
        return patience.send(self.send, what="GET /x", repeatable=repeatable).status_code


def test_a_server_that_comes_back_is_waited_for_with_growing_pauses() -> None:
    clockwork = Clockwork(*[httpx.ConnectError("refused")] * 6, 200)

    assert clockwork.ask(repeatable=False) == 200
    assert clockwork.pauses == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0]


@pytest.mark.parametrize("status", [429, 503])
def test_later_is_asked_again(status: int) -> None:
    assert Clockwork(status, status, 201).ask(repeatable=False) == 201


def test_later_for_too_long_is_the_answer() -> None:
    assert Clockwork(*[503] * 100).ask(repeatable=True, patience_s=2) == 503


def test_a_lost_answer_is_asked_for_again_only_where_that_is_harmless() -> None:
    assert Clockwork(httpx.ReadError("reset"), 200).ask(repeatable=True) == 200

    with pytest.raises(OutletError, match="GET /x: no answer, ReadError"):
        Clockwork(httpx.ReadError("reset"), 200).ask(repeatable=False)


def test_a_refusal_is_the_answer_at_once() -> None:
    clockwork = Clockwork(409)

    assert clockwork.ask(repeatable=True) == 409
    assert clockwork.pauses == []


def test_patience_ends() -> None:
    clockwork = Clockwork(*[httpx.ConnectError("refused")] * 100)

    with pytest.raises(OutletError, match="no answer, ConnectError"):
        clockwork.ask(repeatable=True, patience_s=3)

    assert sum(clockwork.pauses) < 3


def test_a_port_where_nobody_listens_is_no_answer() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        patience = Patience(0, sleep=lambda _: None, monotonic=lambda: 0.0)

        with httpx.Client(trust_env=False) as http, pytest.raises(OutletError, match="no answer"):
            patience.send(lambda: http.get(url), what="GET /", repeatable=True)
