"""Real brokers on a free loopback port, for tests: the embedded nats-server and Mosquitto."""

import contextlib
import getpass
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from store_server.entrypoints.broker_accounts import Account, accounts_of, mosquitto_files
from store_server.entrypoints.broker_child import takes_connection
from store_server.entrypoints.embedded_broker import EmbeddedBroker
from store_server.first_run import SERVER, BrokerUser, Secrets
from store_server.ids import Scope, scope
from tests.ports import free_port

BrokerKind = Literal["embedded", "mosquitto"]
HERE = scope("acme", "demo")


@dataclass(frozen=True, slots=True)
class RunningBroker:
    """A broker that takes connections.

    `users` maps "server" and each gateway's name to its account; the files of user and password
    lie in `secrets.path("broker/NAME.user")` and `.password`. `embedded` is set for that kind.
    """

    kind: BrokerKind
    host: str
    port: int
    users: Mapping[str, BrokerUser]
    secrets: Secrets
    embedded: EmbeddedBroker | None = field(default=None, compare=False)

    def client_id(self, name: str) -> str:
        """A client id that this broker allows: Mosquitto takes the user name, whatever is said."""
        return self.users[name].user if self.kind == "mosquitto" else f"test-{name}"


def mosquitto_binary() -> str | None:
    """Debian's mosquitto; None where it is not installed."""
    return shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")


@contextlib.contextmanager
def running_broker(
    kind: BrokerKind, folder: Path, *, gateways: Sequence[str], place: Scope = HERE
) -> Iterator[RunningBroker]:
    """A broker of this kind with an account for the server and for each gateway."""
    secrets = Secrets(folder / "state")
    for name in (SERVER, *gateways):
        secrets.broker_user(name, scope=place)
    start = _embedded if kind == "embedded" else _mosquitto
    with start(folder, secrets, place) as broker:
        yield broker


@contextlib.contextmanager
def _embedded(folder: Path, secrets: Secrets, place: Scope) -> Iterator[RunningBroker]:
    broker = EmbeddedBroker(
        folder / "state" / "broker",
        host="127.0.0.1",
        port=0,
        server_name="test",
        accounts=lambda: accounts_of(secrets.broker_users(scope=place), scope=place),
    )
    broker.start()
    try:
        yield RunningBroker(
            "embedded", broker.host, broker.port, _users(secrets, place), secrets, broker
        )
    finally:
        broker.stop()


@contextlib.contextmanager
def _mosquitto(folder: Path, secrets: Secrets, place: Scope) -> Iterator[RunningBroker]:
    binary = mosquitto_binary()
    assert binary, "mosquitto is not installed"
    accounts = accounts_of(secrets.broker_users(scope=place), scope=place)
    home, port = folder / "mosquitto", free_port()
    home.mkdir()
    files = mosquitto_files(
        accounts, listen=f"{port} 127.0.0.1", folder=str(home), persistence=False
    )
    # Started as root, it would become a user that cannot read a test's folder.
    files["mosquitto.conf"] += f"user {getpass.getuser()}\n"
    for name, text in files.items():
        (home / name).write_text(text)
        (home / name).chmod(0o600)
    with (home / "output").open("wb") as output:
        child = subprocess.Popen(
            [binary, "-c", str(home / "mosquitto.conf")], stdout=output, stderr=output
        )
    try:
        _wait_for(port, accounts[0], child)
        yield RunningBroker("mosquitto", "127.0.0.1", port, _users(secrets, place), secrets)
    finally:
        child.terminate()
        child.wait(5)


def _wait_for(port: int, account: Account, child: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 10
    while not takes_connection("127.0.0.1", port, account):
        assert child.poll() is None, "mosquitto ended"
        assert time.monotonic() < until, "mosquitto does not answer"


def _users(secrets: Secrets, place: Scope) -> dict[str, BrokerUser]:
    return {user.name: user for user in secrets.broker_users(scope=place)}
