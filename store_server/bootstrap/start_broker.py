"""The broker that a server works with: a child of ours, or one that runs already."""

import contextlib
import signal
from pathlib import Path

from store_server.bootstrap.open_store import OpenStore
from store_server.entrypoints.broker_accounts import Account, accounts_of
from store_server.entrypoints.embedded_broker import EmbeddedBroker
from store_server.entrypoints.gateway_accounts import BrokerAddress, GatewayAccounts
from store_server.entrypoints.mosquitto_accounts import MosquittoAccounts
from store_server.errors import ConfigError
from store_server.first_run import SERVER, Secrets
from store_server.settings import Settings

# Where a broker listens on every address, gateways find it where they found the server.
EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 - compared with, not listened on


def start_broker(store: OpenStore, stack: contextlib.ExitStack) -> tuple[str, int, GatewayAccounts]:
    """Host and port of the broker, ours started and waited for when it is embedded.

    Raises:
        ConfigError: a file that the settings name cannot be read.
        Unreachable: the embedded broker does not come up.
    """
    if not store.settings.mqtt.embedded:
        return _external(store)
    scope, settings = store.settings.scope, store.settings
    _make_accounts(store)
    broker = EmbeddedBroker(
        settings.state_dir / "broker",
        host=settings.mqtt.host,
        port=settings.mqtt.port,
        server_name=f"beaconry-{scope.org}-{scope.store}",
        accounts=lambda: _accounts(store.secrets, settings),
    )
    signal.signal(signal.SIGHUP, lambda *_: broker.reload())
    broker.start()
    stack.callback(broker.stop)
    reachable = None if broker.host in EVERY_ADDRESS else broker.host
    address = BrokerAddress(reachable, broker.port)
    accounts = GatewayAccounts(store.secrets, scope, address=address, reload=broker.reload)
    return broker.host, broker.port, accounts


def mosquitto_of(settings: Settings, secrets: Secrets) -> MosquittoAccounts | None:
    """The Mosquitto whose files this server keeps; None where it keeps none."""
    if settings.mqtt.mosquitto_dir is None:
        return None
    return MosquittoAccounts(
        settings.mqtt.mosquitto_dir.resolve(),
        pid_file=settings.mqtt.mosquitto_pid_file,
        accounts=lambda: _accounts(secrets, settings),
    )


def login_of(store: OpenStore) -> tuple[str | None, str | None]:
    """User and password of the server itself at the broker; None, None: it asks for none.

    Raises:
        ConfigError: a file that the settings name cannot be read.
    """
    mqtt = store.settings.mqtt
    if mqtt.username_file and mqtt.password_file and not mqtt.embedded:
        return line_of(mqtt.username_file), line_of(mqtt.password_file)
    if mqtt.embedded or mqtt.mosquitto_dir:
        account = store.secrets.broker_user(SERVER, scope=store.settings.scope)
        return account.user, account.password
    return None, None


def line_of(path: Path) -> str:
    """The one line of a file.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"[mqtt] {path}: {error.strerror}; must hold one line") from error


def _external(store: OpenStore) -> tuple[str, int, GatewayAccounts]:
    mqtt = store.settings.mqtt
    host, port = mqtt.address()
    mosquitto = mosquitto_of(store.settings, store.secrets)
    if mosquitto is not None:
        _make_accounts(store)
        # Mosquitto may start after us, and reads them then: that is no reason not to start.
        mosquitto.tell()
        signal.signal(signal.SIGHUP, lambda *_: mosquitto.tell())
    ca_pem = line_of(mqtt.ca_file) if mqtt.ca_file else None
    address = BrokerAddress(host, port, mqtt.tls, ca_pem, True)
    reload = mosquitto.tell if mosquitto else None
    accounts = GatewayAccounts(store.secrets, store.settings.scope, address=address, reload=reload)
    return host, port, accounts


def _make_accounts(store: OpenStore) -> None:
    live = store.rooms.live
    for name in (SERVER, *(one.id for one in live.plan.gateways if one.id not in live.revoked)):
        store.secrets.broker_user(name, scope=store.settings.scope)
    for name in live.revoked:
        # A server that was killed between the two takes the account away now.
        store.secrets.drop_broker_user(name)


def _accounts(secrets: Secrets, settings: Settings) -> tuple[Account, ...]:
    return accounts_of(secrets.broker_users(scope=settings.scope), scope=settings.scope)
