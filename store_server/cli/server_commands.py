"""Commands that make, check and run a store server."""

from store_server.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    print_json,
    set_up_log,
    settings_of,
)
from store_server.errors import ConfigError


def init(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Make secrets, keys and database, and print the console's one-time link. Safe to repeat."""
    from store_server.bootstrap.admission import admit_keys, first_login_link  # noqa: PLC0415
    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415 - --help stays light

    set_up_log()
    settings = settings_of(config)
    with open_store(settings) as store:
        admit_keys(store)
        keys = {name: store.secrets.path(f"keys/{name}.key") for name in ("till", "backend", "ops")}
        link = first_login_link(store) if settings.http.port else None
    if as_json:
        print_json({"keys": keys, "console": link})
        return
    for name, path in keys.items():
        print(f"{name} key: {path}")
    if link:
        print(f"console: {link}")


def serve(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Run the store until SIGTERM: broker, API, console, deliveries. An empty state_dir is made."""
    from store_server.bootstrap.serve import serve as serve_store  # noqa: PLC0415 - --help stays light
    from store_server.cli.log_lines import report_crashes  # noqa: PLC0415

    set_up_log()
    report_crashes()
    serve_store(settings_of(config), tell=lambda line: print(line, flush=True))


def check_config(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Check the settings without starting anything, and whether Mosquitto can be told."""
    from store_server.bootstrap.start_broker import mosquitto_of  # noqa: PLC0415
    from store_server.first_run import Secrets  # noqa: PLC0415 - --help stays light

    settings = settings_of(config)
    mosquitto = mosquitto_of(settings, Secrets(settings.state_dir))
    if mosquitto is not None and (wrong := mosquitto.check()):
        raise ConfigError("; ".join(wrong))
    print(f"{config}: ok, {settings.store.org}/{settings.store.store}")
    if mosquitto is not None and settings.mqtt.mosquitto_pid_file is None:
        print(
            "note: without [mqtt] mosquitto_pid_file somebody else has Mosquitto read its files: "
            "enable beaconry-mosquitto.path"
        )


def migrate(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Bring the database to today's schema."""
    from store_server import migrations  # noqa: PLC0415 - --help stays light
    from store_server.database import check_reachable, open_database  # noqa: PLC0415

    settings = settings_of(config)
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    database = open_database(settings.database_url)
    try:
        check_reachable(database)
        print(f"database: at revision {migrations.upgrade(database.write)}")
    finally:
        database.close()


def login_link(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Print a new one-time link to the console; the ones before it are void."""
    from store_server.bootstrap.admission import new_login_link  # noqa: PLC0415 - --help stays light
    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415

    set_up_log()
    with open_store(settings_of(config)) as store:
        print(new_login_link(store))
