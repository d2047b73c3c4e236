"""What several commands share: the settings file and JSON output."""

import json
from datetime import UTC, datetime
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
INSTANTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def settings_of(config: Path) -> "Settings":
    """The settings of a command.

    Raises:
        ConfigError: they are wrong.
    """
    from store_server.settings import load_settings  # noqa: PLC0415 - --help stays light

    return load_settings(config)


def in_utc(at: datetime | None) -> datetime | None:
    """An instant of the command line, which is read as UTC."""
    return None if at is None else at.replace(tzinfo=UTC)


def print_json(document: object) -> None:
    """One JSON document on the standard output."""
    print(json.dumps(document, indent=2, ensure_ascii=False, default=str))


def set_up_log(*, quiet: bool = False) -> None:
    """Lines of key=value on a terminal, JSON otherwise; on the standard error output.

    `quiet`: errors alone, for a command that somebody reads while it runs.
    """
    import logging  # noqa: PLC0415 - --help stays light

    from store_server.cli import log_lines  # noqa: PLC0415 - --help stays light

    log_lines.set_up_log(least=logging.ERROR if quiet else logging.INFO)
