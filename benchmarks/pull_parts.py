"""What a pull cannot do without, in process: `decide()`, and one decision row committed."""

import time
from concurrent.futures import Future
from dataclasses import replace

from benchmarks.decide import cpu_times_us
from benchmarks.pull_shop import HERE
from store_server.bootstrap.open_store import OpenStore
from store_server.database import UnitOfWork
from store_server.decisions.asked import read_asked
from store_server.decisions.decide import decide
from store_server.decisions.decision import Decision
from store_server.decisions.repository import DecisionRepository
from store_server.flows.decision_policy import decision_policy
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.writer import Priority

SAMPLE = 2_000
Logged = list[tuple[Decision, str]]


def logged(store: OpenStore) -> Logged:
    """Some of the server's decisions, of every outcome, with what they were asked with."""
    with store.database.read.connect() as connection:
        names = connection.exec_driver_sql(
            "SELECT id FROM decision ORDER BY substr(id, 5) LIMIT ?", (SAMPLE,)
        )
        wanted = [name for (name,) in names]
    return store.reader.read(_read_logged, wanted=wanted)


def _read_logged(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: object, wanted: list[str]
) -> Logged:
    del now
    repository = DecisionRepository(uow.session, rooms.scope)
    found = repository.by_id(wanted)
    return [(found[name], repository.asked(name) or "") for name in wanted]


def decide_us(store: OpenStore, sample: Logged) -> float:
    """CPU of `decide` for each decision, by the models and the catalogue that the server had."""
    rooms, policy = store.rooms, decision_policy(store.rooms.policy)
    requests = [read_asked(text, decision, HERE).request for decision, text in sample]

    def once(number: int) -> object:
        return decide(
            requests[number],
            policy,
            catalogue=rooms.live.catalogue,
            purchases=rooms.purchases,
            effects=rooms.effects,
        )

    for number in range(50):
        once(number)
    taken = cpu_times_us(once, times=len(requests))
    return sum(taken) / len(taken)


def row_us(store: OpenStore, sample: Logged, *, connections: int) -> float:
    """CPU of one decision row committed through the writer, so many at once."""
    fresh = [
        (replace(one, id=f"bench{n}", trigger_id=f"bench{n}"), text)
        for n, (one, text) in enumerate(sample)
    ]
    waiting: list[Future[int]] = []
    began = time.process_time()
    for decision, text in fresh:
        waiting.append(store.writer.submit(Priority.APP, _write_row, decision=decision, asked=text))
        if len(waiting) >= connections:
            waiting.pop(0).result()
    for one in waiting:
        one.result()
    return (time.process_time() - began) * 1e6 / len(fresh)


def _write_row(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: object, decision: Decision, asked: str
) -> int:
    del now
    return DecisionRepository(uow.session, rooms.scope).add([decision], {decision.id: asked})
