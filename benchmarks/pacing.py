"""Rates that can be compared although the machine is shared: measured in turns, best of many.

Each contender takes every chunk of the input once a round; the rounds alternate between
contenders, and for each chunk the least CPU time of all rounds counts. So a pause of the machine
hits one chunk of one round, and a contender is not measured in a slower minute than the other.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")
_CHUNKS = 20


def rates(
    contenders: Mapping[str, tuple[Callable[[Sequence[T]], object], Sequence[T]]], *, rounds: int
) -> dict[str, float]:
    """Inputs a second and contender; each is a function of a chunk, and its whole input."""
    best = {name: [float("inf")] * len(_chunks(inputs)) for name, (_, inputs) in contenders.items()}
    for _ in range(rounds):
        for name, (take, inputs) in contenders.items():
            for number, chunk in enumerate(_chunks(inputs)):
                before = time.thread_time()
                take(chunk)
                best[name][number] = min(best[name][number], time.thread_time() - before)
    return {name: len(inputs) / sum(best[name]) for name, (_, inputs) in contenders.items()}


def _chunks(inputs: Sequence[T]) -> list[Sequence[T]]:
    size = max(1, len(inputs) // _CHUNKS)
    return [inputs[start : start + size] for start in range(0, len(inputs), size)]
