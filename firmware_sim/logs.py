"""Where the simulator's own log goes: stderr, key=value on a terminal, JSON otherwise."""

import logging
import sys

import structlog


def log_to_stderr() -> None:
    """Send warnings and worse to stderr; the figures alone are on stdout."""
    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
            if terminal
            else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        # Looked up each time: whoever swaps stderr (a test) also closes it.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
