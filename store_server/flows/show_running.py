"""Flow (read): what each running campaign brings so far, and whether its result can be read."""

from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.decisions.plural import Language
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_report import question_of, unit_outcomes
from store_server.ids import CampaignId
from store_server.offers.campaign import Campaign, CampaignState
from store_server.reports.lift import Lift, lift_of
from store_server.reports.outcomes import Metric
from store_server.reports.proportions import Interval
from store_server.reports.repository.unit_log import Span

# Each one reads all of its decisions and receipts; a first page shows no more.
MOST_RUNNING = 8


@dataclass(frozen=True, slots=True)
class Running:
    """One running campaign and its lift.

    is_ready: its planned end is over, or the interval that may be read daily leaves out zero.
    """

    campaign: Campaign
    lift: Lift

    @property
    def interval(self) -> Interval | None:
        """How many more bought it; None: too early to say."""
        return self.lift.effect(Metric.CONVERSION).interval

    @property
    def is_ready(self) -> bool:
        """Whether there is something to decide by."""
        found = self.interval
        return self.lift.ended or (found is not None and (found.low > 0 or found.high < 0))


def show_running(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, language: Language = "en"
) -> dict[CampaignId, Running]:
    """The running campaigns, by id, the first MOST_RUNNING of them."""
    live = [one for one in uow.live.catalogue.campaigns.values() if one.state is CampaignState.LIVE]
    return {
        one.id: Running(
            one,
            lift_of(
                unit_outcomes(uow, rooms, now=now, span=Span(campaign=one.id)),
                question_of(rooms, one, now=now),
                language=language,
            ),
        )
        for one in live[:MOST_RUNNING]
    }
