"""Flow: an experiment is made, started, given other weights, stopped."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import Conflict
from store_server.flows.follow_catalogue import follow_catalogue
from store_server.flows.keep_experiment import put_experiment, require_experiment
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.experiment import (
    Experiment,
    ExperimentState,
    reweighted,
    started,
    stopped,
)
from store_server.offers.experiment_checks import (
    BadExperiment,
    check_experiment,
    weight_problems,
)
from store_server.offers.repository import OfferRepository


def save_experiment(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, experiment: Experiment
) -> Experiment:
    """The draft as it stands now; nobody is drawn before it is started.

    Raises:
        BadExperiment: it cannot stand; every mistake by its place.
        Conflict: `experiment_begun`: it is no draft any more.
    """
    follow_catalogue(uow, rooms, now=now)
    before = OfferRepository(uow.session, rooms.scope).experiment(experiment.id)
    if before is not None:
        _require(before, ExperimentState.DRAFT)
    check_experiment(experiment, uow.live.catalogue, now=now)
    return put_experiment(uow, rooms, experiment)


def start_experiment(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, experiment_id: str
) -> Experiment:
    """The draft as running in its first phase: from the next decision on households are drawn.

    Raises:
        NotFound: there is no such experiment.
        BadExperiment: campaigns or offers have changed since it was saved, or its end is past.
        Conflict: `experiment_begun`, or `experiment_conflict`.
    """
    follow_catalogue(uow, rooms, now=now)
    draft = _require(require_experiment(uow, rooms, experiment_id), ExperimentState.DRAFT)
    check_experiment(draft, uow.live.catalogue, now=now)
    return put_experiment(uow, rooms, started(draft, at=now))


def reweight_experiment(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    experiment_id: str,
    weights: Sequence[Sequence[int]],
) -> Experiment:
    """The experiment in a new phase with these weights; whoever was drawn before stays.

    Raises:
        NotFound: there is no such experiment.
        BadExperiment: the weights do not fit its levels.
        Conflict: `experiment_not_running`.
    """
    running = _require(require_experiment(uow, rooms, experiment_id), ExperimentState.RUNNING)
    given = tuple(tuple(one) for one in weights)
    problems = list(weight_problems(running.varies, given))
    if problems:
        raise BadExperiment(problems)
    if given == running.weights:
        return running
    if running.phases[-1].starts_at >= now:
        # Nobody can have been drawn in a phase that begins now.
        running = replace(running, phases=running.phases[:-1])
    return put_experiment(uow, rooms, reweighted(running, given, at=now))


def stop_experiment(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, experiment_id: str
) -> Experiment:
    """The experiment as stopped: its campaigns do as they say for everybody.

    Raises:
        NotFound: there is no such experiment.
        Conflict: `experiment_not_running`.
    """
    running = _require(require_experiment(uow, rooms, experiment_id), ExperimentState.RUNNING)
    return put_experiment(uow, rooms, stopped(running, at=min(now, running.ends_at)))


def _require(experiment: Experiment, state: ExperimentState) -> Experiment:
    if experiment.state is not state:
        begun = state is ExperimentState.DRAFT
        raise Conflict(
            f"experiment {experiment.id} is {experiment.state}; must be {state}"
            + ("; make another one, what has drawn people is not changed" if begun else ""),
            code="experiment_begun" if begun else "experiment_not_running",
        )
    return experiment
