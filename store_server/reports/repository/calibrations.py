"""What the placebo shop found, in the database."""

from datetime import datetime

from sqlmodel import Session, select

from store_server.clock import to_ms
from store_server.database import upsert
from store_server.ids import Scope
from store_server.reports.meter import read_calibration, write_calibration
from store_server.reports.meter_shape import DataShape
from store_server.reports.placebo import Calibration
from store_server.reports.tables import MeterCalibrationRow


class CalibrationRepository:
    """Calibrations of one store, by shape and version of the method."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def find(self, shape: DataShape) -> Calibration | None:
        """What was found for data of this shape by this version; None: nothing yet."""
        document = self._session.exec(
            select(MeterCalibrationRow.document).where(
                MeterCalibrationRow.org == self._scope.org,
                MeterCalibrationRow.store == self._scope.store,
                MeterCalibrationRow.shape == shape.key,
            )
        ).one_or_none()
        return None if document is None else read_calibration(document)

    def keep(self, calibration: Calibration, *, at: datetime) -> None:
        """Keep it, in place of an earlier one for the same shape."""
        row: dict[str, object] = {
            "org": self._scope.org,
            "store": self._scope.store,
            "shape": calibration.shape.key,
            "document": write_calibration(calibration),
            "made_at_ms": to_ms(at),
        }
        upsert(self._session, MeterCalibrationRow, [row], keys=["org", "store", "shape"])
