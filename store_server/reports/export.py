"""Tables as files: CSV for a spreadsheet, Parquet for whoever computes on."""

import csv
import io
from enum import StrEnum

from store_server.errors import Unprocessable
from store_server.reports.table import Table, Unit, Value

# A spreadsheet runs what begins like this as a formula. Source: OWASP, "CSV Injection".
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class FileFormat(StrEnum):
    """What a table can be written as."""

    CSV = "csv"
    PARQUET = "parquet"

    @property
    def media_type(self) -> str:
        """Its name on the web."""
        return "text/csv" if self is FileFormat.CSV else "application/vnd.apache.parquet"


def write_table(table: Table, file_format: FileFormat) -> bytes:
    """The whole file.

    Raises:
        Unprocessable: `no_parquet` where the extra `reports` is not installed.
    """
    return _csv(table) if file_format is FileFormat.CSV else _parquet(table)


def _csv(table: Table) -> bytes:
    """UTF-8, RFC 4180, a header line; what is not known is empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.name for column in table.kind.columns])
    writer.writerows([_spelled(value) for value in row] for row in table.rows)
    return out.getvalue().encode()


def _spelled(value: Value) -> Value:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _parquet(table: Table) -> bytes:
    """Typed columns; a count that may not be shown is null. Column meanings are in the schema."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - an optional extra
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ModuleNotFoundError:
        raise Unprocessable(
            "Parquet needs the extra `reports`: pip install beaconry[reports]; or ask for csv",
            code="no_parquet",
        ) from None
    types = {
        Unit.TEXT: pa.string(),
        Unit.COUNT: pa.int64(),
        Unit.MONEY: pa.float64(),
        Unit.FLAG: pa.bool_(),
    }
    columns, fields = [], []
    for place, column in enumerate(table.kind.columns):
        kind = types.get(column.unit, pa.float64())
        values = [row[place] for row in table.rows]
        if column.unit is not Unit.TEXT:
            values = [None if isinstance(value, str) else value for value in values]
        columns.append(pa.array(values, kind))
        fields.append(pa.field(column.name, kind, metadata={"says": column.says}))
    out = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(columns, schema=pa.schema(fields)), out)
    return bytes(out.getvalue().to_pybytes())
