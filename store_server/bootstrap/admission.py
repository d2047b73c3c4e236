"""Who is let in first: the API keys under `secrets/`, and the manager by a one-time link."""

import json
from typing import get_args

import structlog

from store_server.bootstrap.open_store import OpenStore
from store_server.clock import SystemClock
from store_server.flows.adopt_keys import adopt_keys
from store_server.flows.sign_in import make_login_link
from store_server.settings import Settings
from store_server.shop.access import KeyScope, new_token
from store_server.writer import Priority

log = structlog.get_logger(__name__)


def admit_keys(store: OpenStore) -> None:
    """Make the API keys that are not there yet, and let their holders in."""
    scopes: tuple[KeyScope, ...] = get_args(KeyScope)
    tokens = {scope: store.secrets.api_key(scope, lambda: new_token("key")) for scope in scopes}
    refused = store.writer.submit(
        Priority.APP, adopt_keys, tokens=tokens, system_now=SystemClock().now()
    ).result()
    for scope in refused:
        log.warning(
            "an API key was revoked and is not let in; delete its file and restart",
            file=str(store.secrets.path(f"keys/{scope}.key")),
        )


def first_login_link(store: OpenStore, *, console: str | None = None) -> str | None:
    """A link for a store that has none yet, None where one was made before.

    Args:
        store: the store.
        console: where the console is; None: as `console_url` tells.
    """
    if store.secrets.path("login.link").exists():
        return None
    return new_login_link(store, console=console)


def new_login_link(store: OpenStore, *, console: str | None = None) -> str:
    """A link that lets the manager in once; also kept in secrets/login.link."""
    minted = store.writer.submit(
        Priority.APP, make_login_link, system_now=SystemClock().now()
    ).result()
    url = f"{console or console_url(store.settings)}/login/{minted.token}"
    store.secrets.write_login_link(url)
    return url


def console_url(settings: "Settings") -> str:
    """Where the console is: as told to the public, as running now, or as set."""
    if settings.http.public_url:
        return settings.http.public_url.rstrip("/")
    try:
        running: object = json.loads((settings.state_dir / "run.json").read_text())
    except (OSError, ValueError):
        running = None
    if isinstance(running, dict) and isinstance(running.get("http_url"), str):
        return str(running["http_url"]).rstrip("/")
    return f"http://{settings.http.host}:{settings.http.port}"
