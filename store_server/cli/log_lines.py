"""The form of the log, in one place: key=value on a terminal, JSON otherwise, on standard error.

An exception is told by its kind and place alone (`errors.fault_of`): neither its text nor the
values of local variables, which hold payloads. The same goes for what libraries log, and for
what nobody caught.
"""

import logging
import sys
import threading
from collections.abc import MutableMapping
from types import TracebackType

import structlog

from store_server.errors import fault_of

Event = MutableMapping[str, object]
log = structlog.get_logger(__name__)


def set_up_log(*, least: int = logging.INFO) -> None:
    """Have the server's and its libraries' lines of this level on written in the one form."""
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(default=lambda value: type(value).__name__)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            tell_faults,
            renderer,
        ],
        # Asked for at each line, so that a standard error output that was redirected is found.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(least),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    if not any(isinstance(handler, LibraryLines) for handler in root.handlers):
        root.addHandler(LibraryLines(logging.WARNING))


def report_crashes() -> None:
    """Have errors that nobody caught written in the same form, whichever thread they end."""
    sys.excepthook = _crashed
    threading.excepthook = lambda crash: _crashed(
        crash.exc_type, crash.exc_value, crash.exc_traceback
    )


def tell_faults(_logger: object, _method: str, event: Event) -> Event:
    """A structlog processor: every exception of a line becomes its kind and place."""
    told = event.pop("exc_info", None)
    if told is True:
        told = sys.exc_info()
    if isinstance(told, tuple):
        told = told[1]
    if isinstance(told, BaseException):
        event["error"] = told
    event.pop("stack_info", None)
    for name, value in event.items():
        if isinstance(value, BaseException):
            event[name] = fault_of(value)
    return event


class LibraryLines(logging.Handler):
    """What uvicorn, APScheduler, asyncio and others log, as lines of ours.

    Of a line about an exception only the first is kept: asyncio puts the exception's text into
    those that follow.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        text = record.getMessage().partition("\n")[0]
        log.log(record.levelno, text, library=record.name, exc_info=record.exc_info)


def _crashed(
    kind: type[BaseException], error: BaseException | None, _where: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    log.critical("crashed", error=error if error is not None else kind.__name__)
