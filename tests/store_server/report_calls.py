"""Calls of the repositories of results, for the proof that nothing of others is read or changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from store_server.clock import to_ms
from store_server.reports.meter_shape import DataShape
from store_server.reports.placebo import Calibration, Scores
from store_server.reports.repository.unit_log import Span
from store_server.reports.unit_ledger import Promotion
from tests.store_server.offers.builders import NOON, an_experiment

Call = Callable[[Any], object]
REPORTS = (
    "Report",
    "DailyLog",
    "Unit",
    "Exposure",
    "Receipt",
    "Calibration",
    "VisitLog",
    "TasteLog",
)
EVER, LATER = datetime(2020, 1, 1, tzinfo=UTC), NOON + timedelta(days=9)
A_PROMOTION = Promotion(
    "decision-ann", "shopper ann", ("ann",), 0, True, "push", "", "demo", None, None, 0
)
A_SHAPE = DataShape(2_000, 1_000, 0.2, 1.5, 0.5)
A_CALIBRATION = Calibration(
    A_SHAPE, 2_000, 28, 0.032, 0.8, Scores(0.951, 0.98, 0.05, 0.02), Scores(0.95, 0.98, 0.05, 0.02)
)
_SPAN = {"since": EVER, "until": LATER}

REPORT_READS: dict[str, Call] = {
    "ReportRepository.counts": lambda r: r.counts(**_SPAN),
    "ReportRepository.deliveries": lambda r: r.deliveries(limit=9, state=None, before=None),
    "DailyLogRepository.hours": lambda r: r.hours(Span(EVER, LATER)),
    "UnitRepository.promotions": lambda r: r.promotions(Span(EVER, LATER)),
    "ReceiptRepository.after": lambda r: r.after([A_PROMOTION]),
    "ReceiptRepository.before": lambda r: r.before([replace(A_PROMOTION, at_ms=to_ms(LATER))]),
    "ReceiptRepository.credited_to": lambda r: r.credited_to("decision-ann"),
    "ExposureRepository.of": lambda r: r.of(an_experiment("experiment-ann"), ["BREAD"]).first,
    "UnitRepository.credited": lambda r: r.credited(Span(EVER, LATER)),
    "VisitLogRepository.began": lambda r: r.began(**_SPAN),
    "VisitLogRepository.visits": lambda r: r.visits(**_SPAN),
    "TasteLogRepository.bought": lambda r: r.bought(until=LATER),
    "TasteLogRepository.stages": lambda r: r.stages(),
    "CalibrationRepository.find": lambda r: r.find(A_SHAPE),
}
REPORT_WRITES: dict[str, Call] = {
    "CalibrationRepository.keep": lambda r: r.keep(A_CALIBRATION, at=NOON),
}
