"""What is reported, read out of the rows of all rooms."""

from store_server.reports.repository.calibrations import CalibrationRepository
from store_server.reports.repository.daily_log import DailyLogRepository
from store_server.reports.repository.exposure_log import ExposureRepository
from store_server.reports.repository.receipt_log import ReceiptRepository
from store_server.reports.repository.report_counts import ReportRepository
from store_server.reports.repository.taste_log import TasteLogRepository
from store_server.reports.repository.unit_log import UnitRepository
from store_server.reports.repository.visit_log import VisitLogRepository

__all__ = [
    "CalibrationRepository",
    "DailyLogRepository",
    "ExposureRepository",
    "ReceiptRepository",
    "ReportRepository",
    "TasteLogRepository",
    "UnitRepository",
    "VisitLogRepository",
]
