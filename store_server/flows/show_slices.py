"""The lift cut by channel, variant, segment, zone, store or campaign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_report import campaign_of, question_of, unit_outcomes
from store_server.ids import CampaignId
from store_server.reports.outcomes import Cut, Metric
from store_server.reports.repository.unit_log import Span
from store_server.reports.slices import Slice, slices_of


@dataclass(frozen=True, slots=True)
class SliceTable:
    """Slices adjusted together. `ended`: their fixed intervals may be read."""

    metric: Metric
    ended: bool
    currency: str
    slices: tuple[Slice, ...]


def show_slices(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    campaign: CampaignId | None = None,
    cuts: Sequence[Cut] = tuple(Cut),
    metric: Metric = Metric.CONVERSION,
) -> SliceTable:
    """What the offers added in each part of the units. A read flow.

    Raises:
        NotFound: `unknown_campaign`.
    """
    question = question_of(rooms, campaign_of(uow, campaign), now=now)
    outcomes = unit_outcomes(uow, rooms, now=now, span=Span(since, until, campaign))
    slices = slices_of(outcomes, question, cuts=cuts, metric=metric)
    return SliceTable(metric, question.ended, rooms.policy.currency, slices)
