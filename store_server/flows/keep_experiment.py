"""How an experiment is written down, and what must not break one that runs."""

from datetime import datetime

import structlog

from store_server.database import UnitOfWork
from store_server.errors import Conflict, NotFound
from store_server.flows.follow_catalogue import publish_catalogue
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.catalogue import Catalogue
from store_server.offers.experiment import Experiment, stopped
from store_server.offers.experiment_checks import conflicts_of, problems_of
from store_server.offers.repository import OfferRepository

log = structlog.get_logger(__name__)


def require_experiment(uow: UnitOfWork[StoreLive], rooms: StoreRooms, name: str) -> Experiment:
    """The experiment as it stands, locked until the transaction ends.

    Raises:
        NotFound: there is no such experiment.
    """
    found = OfferRepository(uow.session, rooms.scope).experiment(name)
    if found is None:
        raise NotFound(f"there is no experiment {name[:64]!r}", code="unknown_experiment")
    return found


def put_experiment(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, experiment: Experiment
) -> Experiment:
    """Have this experiment stand from now on; the next decision goes by it.

    Raises:
        Conflict: `experiment_conflict`: another one that runs varies the same for the same people.
    """
    OfferRepository(uow.session, rooms.scope).save_experiment(experiment)
    publish_catalogue(uow, rooms, uow.live.catalogue.with_experiment(experiment))
    # Looked at with the stamp held: two servers cannot start two that exclude each other.
    others = conflicts_of(experiment, uow.live.catalogue.running())
    if experiment in uow.live.catalogue.running() and others:
        raise Conflict(
            f"experiment {experiment.id} varies the same factor of the same campaign as "
            f"{', '.join(others)}; stop that one, or give both parts of one namespace that do not "
            "overlap",
            code="experiment_conflict",
        )
    uow.after_commit(
        lambda: log.info("experiment saved", experiment=experiment.id, state=experiment.state.value)
    )
    return experiment


def require_unbroken(catalogue: Catalogue) -> None:
    """Nothing when every experiment that runs still finds what its arms name.

    Raises:
        Conflict: `experiment_runs`: a change takes something away that an arm needs.
    """
    for one in catalogue.running():
        found = next(problems_of(one, catalogue), None)
        if found is not None:
            raise Conflict(
                f"experiment {one.id} is running and would break ({found.where}: {found.text}); "
                "stop it first",
                code="experiment_runs",
            )


def end_experiments(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> int:
    """Stop those whose planned end has come; how many. Safe to run twice."""
    over = [one for one in uow.live.catalogue.running() if one.ends_at <= now]
    for one in over:
        put_experiment(uow, rooms, stopped(one, at=one.ends_at))
    return len(over)
