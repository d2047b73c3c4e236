"""Commands that make, check and run a store server."""

import json
import socket
from typing import TYPE_CHECKING, get_args

from store_server.cli.options import DEFAULT_CONFIG, ConfigOption, set_up_log, settings_of

if TYPE_CHECKING:
    from store_server.bootstrap import OpenStore
    from store_server.settings import Settings


def init(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Make secrets, keys and database, and print the console's one-time link. Safe to repeat."""
    from store_server.bootstrap import open_store  # noqa: PLC0415 - --help stays light

    set_up_log()
    settings = settings_of(config)
    with open_store(settings) as store:
        admit_keys(store)
        for name in ("till", "backend", "ops"):
            print(f"{name} key: {store.secrets.path(f'keys/{name}.key')}")
        if not store.secrets.path("login.link").exists():
            print(f"console: {new_login_link(store)}")


def serve(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Run the store until SIGTERM: broker, API, console, deliveries. An empty state_dir is made."""
    from store_server import bootstrap  # noqa: PLC0415 - --help stays light

    set_up_log()
    settings = _with_port(settings_of(config))
    with bootstrap.open_store(settings) as store:
        admit_keys(store)
        if not store.secrets.path("login.link").exists():
            print(f"console: {new_login_link(store)}", flush=True)
    bootstrap.serve(settings)


def check_config(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Check the settings without starting anything."""
    settings = settings_of(config)
    print(f"{config}: ok, {settings.store.org}/{settings.store.store}")


def migrate(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Bring the database to today's schema."""
    from store_server import migrations  # noqa: PLC0415 - --help stays light
    from store_server.database import open_database  # noqa: PLC0415 - --help stays light

    settings = settings_of(config)
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    database = open_database(settings.database_url)
    try:
        print(f"database: at revision {migrations.upgrade(database.write)}")
    finally:
        database.close()


def login_link(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Print a new one-time link to the console; the ones before it are void."""
    from store_server.bootstrap import open_store  # noqa: PLC0415 - --help stays light

    set_up_log()
    with open_store(settings_of(config)) as store:
        print(new_login_link(store))


def admit_keys(store: "OpenStore") -> None:
    """Make the API keys that are not there yet, and let their holders in."""
    from store_server.clock import SystemClock  # noqa: PLC0415 - --help stays light
    from store_server.flows.adopt_keys import adopt_keys  # noqa: PLC0415
    from store_server.shop.access import KeyScope, new_token  # noqa: PLC0415
    from store_server.writer import Priority  # noqa: PLC0415

    scopes: tuple[KeyScope, ...] = get_args(KeyScope)
    tokens = {scope: store.secrets.api_key(scope, lambda: new_token("key")) for scope in scopes}
    store.writer.submit(
        Priority.APP, adopt_keys, tokens=tokens, system_now=SystemClock().now()
    ).result()


def new_login_link(store: "OpenStore") -> str:
    """A link that lets the manager in once; also kept in secrets/login.link."""
    from store_server.clock import SystemClock  # noqa: PLC0415 - --help stays light
    from store_server.flows.sign_in import make_login_link  # noqa: PLC0415
    from store_server.writer import Priority  # noqa: PLC0415

    minted = store.writer.submit(
        Priority.APP, make_login_link, system_now=SystemClock().now()
    ).result()
    url = f"{console_url(store.settings)}/login/{minted.token}"
    store.secrets.write_login_link(url)
    return url


def _with_port(settings: "Settings") -> "Settings":
    """The settings with a free HTTP port in the place of 0: the one-time link names it."""
    if settings.http.port:
        return settings
    family = socket.AF_INET6 if ":" in settings.http.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((settings.http.host, 0))
        http = settings.http.model_copy(update={"port": probe.getsockname()[1]})
    return settings.model_copy(update={"http": http})


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
