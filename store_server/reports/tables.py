"""Rows of results that cost too much to work out at every look."""

from sqlalchemy import BigInteger, Text
from sqlmodel import Field, SQLModel


class MeterCalibrationRow(SQLModel, table=True):
    """What the placebo shop found for one shape of data; `document` as `reports.meter` has it."""

    __tablename__ = "meter_calibration"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    shape: str = Field(primary_key=True)
    document: str = Field(sa_type=Text)
    made_at_ms: int = Field(sa_type=BigInteger)
