"""Flow (read): experiments as they stand, and what they brought at this store's tills."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from store_server.database import UnitOfWork
from store_server.decisions.plural import Language
from store_server.errors import Conflict, NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.catalogue import Catalogue
from store_server.offers.experiment import Experiment
from store_server.reports.arms import ArmUnit
from store_server.reports.experiment_result import ExperimentResult, result_of
from store_server.reports.outcomes import Metric
from store_server.reports.repository import ExposureRepository, ReceiptRepository
from store_server.reports.unit_ledger import outcomes_of, reading_at


@dataclass(frozen=True, slots=True)
class ExperimentShown:
    """An experiment with its result; `currency` is that of the money in it."""

    experiment: Experiment
    result: ExperimentResult
    currency: str


def show_experiments(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,  # noqa: ARG001 - every flow is given the rooms
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> list[Experiment]:
    """Every experiment of the organisation, by id."""
    return list(uow.live.catalogue.experiments.values())


def show_experiment(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,  # noqa: ARG001 - every flow is given the rooms
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    experiment_id: str,
) -> Experiment:
    """One experiment as it stands.

    Raises:
        NotFound: there is no such experiment.
    """
    found = uow.live.catalogue.experiments.get(experiment_id)
    if found is None:
        raise NotFound(f"there is no experiment {experiment_id[:64]!r}", code="unknown_experiment")
    return found


def show_experiment_result(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    experiment_id: str,
    language: Language = "en",
) -> ExperimentShown:
    """What each arm brought in this store; may be asked every day.

    Raises:
        NotFound: there is no such experiment.
        Conflict: `experiment_draft`: it has drawn nobody yet.
    """
    experiment = show_experiment(uow, rooms, now=now, experiment_id=experiment_id)
    if not experiment.phases:
        raise Conflict(
            f"experiment {experiment.id} is a draft and has no result; start it first",
            code="experiment_draft",
        )
    categories = promoted_by(experiment, uow.live.catalogue)
    seen = ExposureRepository(uow.session, rooms.scope).of(experiment, categories)
    promotions = [one.promotion for one in seen.first]
    receipts = ReceiptRepository(uow.session, rooms.scope)
    outcomes = outcomes_of(
        promotions,
        after=receipts.after(promotions),
        before=receipts.before(promotions),
        reading=reading_at(now, timedelta(hours=rooms.policy.window_hours)),
    )
    units = [
        ArmUnit(
            one.arm,
            one.phase,
            one.promotion.at_ms,
            replace(outcome, bought=outcome.sources_minor[Metric.PROMOTED] > 0),
        )
        for one, outcome in zip(seen.first, outcomes, strict=True)
    ]
    result = result_of(experiment, units, now=now, mixed=seen.mixed, language=language)
    return ExperimentShown(experiment, result, rooms.policy.currency)


def promoted_by(experiment: Experiment, catalogue: Catalogue) -> frozenset[str]:
    """The categories of every offer that its campaigns may make."""
    campaigns = (catalogue.campaigns.get(one) for one in experiment.campaigns)
    offers = (name for one in campaigns if one is not None for name in one.offers_named())
    return frozenset(catalogue.offers[name].category for name in offers)
