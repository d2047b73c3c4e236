"""The kinds of values that bodies are made of: strict, bounded, free of control characters.

A number is never taken from text and an instant never from a number: a till that sends "2" for
2 has a fault that should be seen on the first day, not on the first odd receipt.
"""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# No control characters: NUL cannot be stored by PostgreSQL, the others confuse whoever reads.
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"


def _only_rfc3339(value: object) -> object:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise ValueError("must be an RFC 3339 instant with its offset, like 2026-03-02T09:30:00Z")
    return value


def _in_utc(value: datetime) -> datetime:
    # At the ends of the calendar an instant cannot be moved to UTC, or a day on.
    if not EARLIEST <= value < LATEST:
        raise ValueError(f"must lie in the years {EARLIEST.year} to {LATEST.year - 1}")
    return value.astimezone(UTC)


At = Annotated[
    AwareDatetime,
    BeforeValidator(_only_rfc3339, json_schema_input_type=str),
    AfterValidator(_in_utc),
]
"""An instant: RFC 3339 with its offset; written with Z."""

Text80 = Annotated[str, Field(min_length=1, max_length=80, pattern=PRINTABLE)]
Text200 = Annotated[str, Field(max_length=200, pattern=PRINTABLE)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
VisibleId = Annotated[str, Field(pattern=r"^[!-~]{1,100}$")]
ShopperName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
BeaconName = Annotated[
    str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:\d{1,5}:\d{1,5}$")
]
KeyHex = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{32}$")]
Flag = Annotated[bool, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]
Level = Annotated[float, Field(strict=True, ge=-127, le=20, allow_inf_nan=False)]


class Body(BaseModel):
    """A body that is sent to us: unknown fields are mistakes, named with all the others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """A body that we send; made from values by attribute."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class FieldProblem(Answer):
    """One mistake of a request."""

    where: str
    code: str
    detail: str


class ProblemAnswer(Answer):
    """Why a request was refused, as application/problem+json (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Unprocessable Content",
                    "status": 422,
                    "detail": "1 value(s) cannot be taken: body.lines.0.quantity; see errors",
                    "code": "invalid",
                    "errors": [
                        {
                            "where": "body.lines.0.quantity",
                            "code": "greater_than_equal",
                            "detail": "Input should be greater than or equal to 1",
                        }
                    ],
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] = Field(default_factory=list)
