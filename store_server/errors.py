"""Everything that the store server refuses, with the HTTP status and reason code to say so.

    StoreServerError                 500
    +-- ConfigError                  a setting or a seed file is wrong (exit code 1)
    +-- Unreachable                  a broker or database does not answer (exit code 3)
    +-- Refusal                      400  a request that cannot be taken as it is
        +-- NotAuthenticated         401
        +-- NotAllowed               403
        +-- NotFound                 404
        +-- Conflict                 409
        +-- Unprocessable            422
        +-- TooMany                  429

A refusal that is a normal answer of the business (not eligible, capped, coupon already
spent) is a value, not an exception.
"""

import traceback
from pathlib import PurePath
from typing import ClassVar

# Enough to find the line; a chain of causes has a cycle in no sane program.
FRAMES_TOLD = 4
CAUSES_TOLD = 4


class StoreServerError(Exception):
    """Root of every error of store_server."""

    http_status: ClassVar[int] = 500
    reason: ClassVar[str] = "internal"


class ConfigError(StoreServerError):
    """A setting or seed file is wrong; the text names file, key, value and what is expected."""

    reason = "bad_configuration"


class Unreachable(StoreServerError):
    """A broker, database or receiver does not answer."""

    http_status = 503
    reason = "unreachable"


class Refusal(StoreServerError):
    """A request that cannot be taken as it is.

    `code` is a stable snake_case reason that a program can branch on; the text is for people.
    """

    http_status = 400
    reason = "bad_request"

    def __init__(self, text: str, *, code: str | None = None) -> None:
        super().__init__(text)
        self.code = code or self.reason


class NotAuthenticated(Refusal):
    """No key, token or session, or one that is unknown or over."""

    http_status = 401
    reason = "not_authenticated"


class NotAllowed(Refusal):
    """The key, token or role does not reach this far."""

    http_status = 403
    reason = "not_allowed"


class NotFound(Refusal):
    """Nothing of that name in this organisation and store."""

    http_status = 404
    reason = "not_found"


class Conflict(Refusal):
    """It contradicts what already stands."""

    http_status = 409
    reason = "conflict"


class Unprocessable(Refusal):
    """Well-formed, but its values cannot be."""

    http_status = 422
    reason = "unprocessable"


class TooMany(Refusal):
    """Asked too often; try again in `retry_after_s` seconds, None: as the door says."""

    http_status = 429
    reason = "too_many"

    def __init__(
        self, text: str, *, code: str | None = None, retry_after_s: int | None = None
    ) -> None:
        super().__init__(text, code=code)
        self.retry_after_s = retry_after_s


def fault_of(error: BaseException) -> str:
    """What a log may say of an error: its kinds, codes and where it came from, never its text.

    The text of an error quotes what it choked on: PostgreSQL names the key that exists already, a
    decoder the payload. Kinds, codes and places name nobody.

    Example:
        >>> fault_of(ValueError("ann"))
        'ValueError'
    """
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < CAUSES_TOLD:
        codes = [getattr(cause, name, None) for name in ("sqlite_errorname", "sqlstate", "errno")]
        kinds.append(" ".join([type(cause).__name__, *(str(code) for code in codes if code)]))
        cause = cause.__cause__
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_TOLD:]
    places = [f"{_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    told = " from ".join(kinds)
    return f"{told} at {' > '.join(places)}" if places else told


def _place(filename: str) -> str:
    """The path from the package on: where it is installed is nobody's business either."""
    parts = PurePath(filename).parts
    return "/".join(parts[-3:]) if "site-packages" in parts else "/".join(parts[-4:])
