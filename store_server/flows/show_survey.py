"""Flow (read): what positions are computed from now, and where the survey was walked."""

from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.repository import SurveyRepository
from store_server.presence.site import Site
from store_server.presence.survey import SurveyStamp


@dataclass(frozen=True, slots=True)
class SurveyState:
    """The site of the running engine (None: it has no map), the survey as stored, its points.

    `is_fitted`: the running engine goes by the survey as it is stored.
    """

    site: Site | None
    stamp: SurveyStamp
    points: tuple[tuple[float, float], ...]
    is_fitted: bool


def show_survey(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> SurveyState:
    """The survey of the store and what the live engine makes of it."""
    repository = SurveyRepository(uow.session, rooms.scope)
    engine, stamp = uow.live.presence, repository.stamp()
    site = engine.site if isinstance(engine, BayesFilter) else None
    ground = uow.live.ground
    fitted = site is not None and site.surveyed and ground is not None and ground.survey == stamp
    return SurveyState(site, stamp, tuple(repository.points()), fitted)
