"""What several commands share: the settings file, JSON output, the log's form."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from store_server.settings import Settings

DEFAULT_CONFIG = Path("configs/store.toml")

ConfigOption = Annotated[
    Path,
    typer.Option(
        "--config",
        "-c",
        help="Settings in TOML; BEACONRY_<SECTION>__<KEY> in the environment overrides them.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def settings_of(config: Path) -> "Settings":
    """The settings of a command.

    Raises:
        ConfigError: they are wrong.
    """
    from store_server.settings import load_settings  # noqa: PLC0415 - --help stays light

    return load_settings(config)


def print_json(document: object) -> None:
    """One JSON document on the standard output."""
    print(json.dumps(document, indent=2, ensure_ascii=False, default=str))


def set_up_log() -> None:
    """Lines of key=value on a terminal, JSON otherwise; on the standard error output."""
    import structlog  # noqa: PLC0415 - --help stays light

    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        # Asked for at each line, so that a standard error output that was redirected is found.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(20),
        cache_logger_on_first_use=False,
    )
