"""The command that changes a gateway's settings from afar."""

import tomllib
from pathlib import Path
from typing import Annotated

import typer

from store_server.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    print_json,
    set_up_log,
    settings_of,
)
from store_server.errors import ConfigError


def push_config(
    gateway: Annotated[str, typer.Argument(help="Its name on the plan.")],
    file: Annotated[Path, typer.Argument(help="TOML with the settings, for example window_s = 2.")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Send a gateway its next configuration; it tries it, and goes back by itself if it must."""
    settings_read = _read(file)
    set_up_log()
    answer = _by_the_server(config, gateway, settings_read)
    if answer is None:
        answer = {"gateway_id": gateway, "version": _here(config, gateway, settings_read)}
    if as_json:
        print_json({"published": False, **answer})
        return
    print(f"{gateway}: version {answer['version']} is kept")
    if not answer.get("published"):
        print("note: it is published when a server runs and its broker is there")


def _read(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: not TOML: {error}") from None


def _by_the_server(
    config: Path, gateway: str, wanted: dict[str, object]
) -> dict[str, object] | None:
    """The answer of the server that runs here, None when none runs."""
    import json  # noqa: PLC0415 - --help stays light

    import httpx  # noqa: PLC0415

    state_dir = settings_of(config).state_dir
    try:
        run = json.loads((state_dir / "run.json").read_text())
        key = (state_dir / "secrets" / "keys" / "ops.key").read_text().strip()
        answer = httpx.put(
            f"{run['http_url']}/v1/gateways/{gateway}/config",
            headers={"Authorization": f"Bearer {key}"},
            json=wanted,
            timeout=10,
            trust_env=False,
        )
    except (OSError, ValueError, KeyError, httpx.TransportError):
        return None
    if answer.is_error:
        raise ConfigError(f"the running server answers {answer.status_code}: {answer.text[:400]}")
    return dict(answer.json())


def _here(config: Path, gateway: str, wanted: dict[str, object]) -> int:
    """The version, kept in the database of a server that does not run."""
    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415 - --help stays light
    from store_server.flows.push_gateway_config import push_gateway_config  # noqa: PLC0415
    from store_server.writer import Priority  # noqa: PLC0415

    with open_store(settings_of(config)) as store:
        pushed = store.writer.submit(
            Priority.APP, push_gateway_config, gateway=gateway, settings=wanted
        ).result()
    return pushed.version
