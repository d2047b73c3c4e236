"""The report of a store over a span of time: values that the API, console and CLI show alike."""

from dataclasses import dataclass
from datetime import datetime

from store_server.ids import CampaignId
from store_server.reports.funnel import Counts, Step
from store_server.reports.lift import Lift
from store_server.reports.placebo import Calibration


@dataclass(frozen=True, slots=True)
class Report:
    """Funnel and lift of decisions in [since, until); None: no limit.

    Money is in minor units of `currency`. campaign: whose lift it is, None for all.
    planned_end: from when on the fixed interval may be read; None: never.
    meter: what the placebo shop found for data like these; meter_verdict: that as one sentence.
    """

    org: str
    store: str
    made_at: datetime
    since: datetime | None
    until: datetime | None
    currency: str
    counts: Counts
    funnel: tuple[Step, ...]
    lift: Lift
    campaign: CampaignId | None = None
    planned_end: datetime | None = None
    meter: Calibration | None = None
    meter_verdict: str = ""
