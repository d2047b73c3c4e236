"""Who may say and hear what at the broker, and how nats-server and Mosquitto are told.

A gateway publishes on its own `up/...` topics and hears its own `down/ack` and `down/config`,
by name: a filter with `#` is refused to it by nats-server, because NATS maps `down/#` to the
parent level too. The user name is `org.store.gateway`, so that rights can be read off it;
Mosquitto takes it as client id as well, and nobody connects under another's.

A publication without the right is acknowledged and dropped by both brokers (measured with
nats-server 2.15.1 and Mosquitto 2.0.11): what is refused shows only in what is not delivered.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from proximity_wire.topics import ROOT, Channel, check_name, gateway_topic, screen_topic
from store_server.first_run import SCREEN, SERVER, BrokerUser
from store_server.ids import Scope

UPWARD = (Channel.SIGHTINGS, Channel.HEALTH, Channel.STATE)
DOWNWARD = (Channel.ACK, Channel.CONFIG)

# Passwords are 256 random bits: iterations protect nothing, and each connect pays for them.
PBKDF2_ITERATIONS = 101
# A subject that nobody listens to.
_NOTHING = "beaconry.nothing"


@dataclass(frozen=True, slots=True)
class Account:
    """A user at the broker; topics in MQTT spelling, with wildcards."""

    user: str
    password: str
    publish: tuple[str, ...]
    subscribe: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Account({self.user!r})"


@dataclass(frozen=True, slots=True)
class NatsPlace:
    """Where nats-server listens and keeps its files."""

    server_name: str
    host: str
    port: int
    store_dir: str
    log_file: str


def accounts_of(users: Iterable[BrokerUser], *, scope: Scope) -> tuple[Account, ...]:
    """The rights of the store server, of its gateways and of its screens.

    Raises:
        MessageError: a name cannot stand in a topic.
    """
    return tuple(_account(one, scope) for one in users)


def nats_config(accounts: Iterable[Account], place: NatsPlace) -> str:
    """A configuration of nats-server with an MQTT listener and these users only.

    JSON is valid in nats-server's configuration language, so values need no quoting of ours.
    """
    users = [
        {
            "user": account.user,
            "password": account.password,
            "allowed_connection_types": ["MQTT"],
            "permissions": {
                "publish": _rights(account.publish),
                "subscribe": _rights(account.subscribe),
            },
        }
        for account in accounts
    ]
    document = {
        "server_name": place.server_name,
        # nats-server insists on a port for its own protocol; a free loopback one, and no account
        # may use it.
        "host": "127.0.0.1",
        "port": -1,
        "mqtt": {"host": place.host, "port": place.port},
        "jetstream": {
            "store_dir": place.store_dir,
            "max_memory_store": 64 * 1024 * 1024,
            "max_file_store": 1024 * 1024 * 1024,
        },
        "log_file": place.log_file,
        "logfile_size_limit": 10 * 1024 * 1024,
        "logfile_max_num": 3,
        "authorization": {"users": users},
    }
    return json.dumps(document, indent=2) + "\n"


def mosquitto_files(
    accounts: Iterable[Account], *, listen: str, folder: str, persistence: bool = True
) -> dict[str, str]:
    """The files `mosquitto.conf`, `acl` and `passwd` for Mosquitto 2.0 or later.

    Args:
        accounts: who may connect.
        listen: port and address, like "1883 127.0.0.1".
        folder: where the three files will lie, as an absolute path.
        persistence: whether to ask for retained messages to survive a restart of the broker; not
            where another file does (Debian's), because Mosquitto refuses to hear it twice.
    """
    accounts = tuple(accounts)
    conf = [
        "# Written by `store-server broker-config --for mosquitto`. TLS: add cafile, certfile",
        "# and keyfile to the listener before it leaves loopback.",
        "per_listener_settings false",
        f"listener {listen}",
        "allow_anonymous false",
        f"password_file {folder}/passwd",
        f"acl_file {folder}/acl",
        "# The client id is the user name: nobody connects under another's id.",
        "use_username_as_clientid true",
        "# A slow subscriber loses messages beyond these; gateways send them again.",
        "max_inflight_messages 100",
        "max_queued_messages 10000",
        "max_packet_size 131072",
        *(["persistence true", f"persistence_location {folder}/"] if persistence else []),
    ]
    return {
        "mosquitto.conf": "\n".join(conf) + "\n",
        "acl": "\n".join(line for account in accounts for line in _acl(account)) + "\n",
        "passwd": "".join(
            f"{account.user}:{mosquitto_hash(account.password, salt=secrets.token_bytes(12))}\n"
            for account in accounts
        ),
    }


def mosquitto_hash(password: str, *, salt: bytes) -> str:
    """A password as Mosquitto's password file keeps it.

    Source: mosquitto_passwd(1), format 7: PBKDF2-HMAC-SHA512, 64 bytes, base64.
    """
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, PBKDF2_ITERATIONS, 64)
    parts = (base64.b64encode(part).decode() for part in (salt, digest))
    return f"$7${PBKDF2_ITERATIONS}$" + "$".join(parts)


def _acl(account: Account) -> list[str]:
    return [
        f"user {account.user}",
        *(f"topic write {topic}" for topic in account.publish),
        *(f"topic read {topic}" for topic in account.subscribe),
        "",
    ]


def _account(one: BrokerUser, scope: Scope) -> Account:
    if one.name == SERVER:
        return _server_account(one, scope)
    if one.name.startswith(SCREEN):
        return _screen_account(one, scope)
    return _gateway_account(one, scope)


def _rights(topics: tuple[str, ...]) -> dict[str, list[str]]:
    """What nats-server is told.

    To it an empty list would allow everything, and a denial of everything its own answers.
    """
    return {"allow": [_subject(topic) for topic in topics] or [_NOTHING]}


def _server_account(one: BrokerUser, scope: Scope) -> Account:
    here = f"{ROOT}/{scope.org}/{scope.store}"
    return Account(
        one.user,
        one.password,
        publish=(*(f"{here}/+/{channel}" for channel in DOWNWARD), f"{here}/screens/+"),
        subscribe=tuple(f"{here}/+/{channel}" for channel in UPWARD),
    )


def _gateway_account(one: BrokerUser, scope: Scope) -> Account:
    def topics(channels: tuple[Channel, ...]) -> tuple[str, ...]:
        names = {"org": scope.org, "store": scope.store, "gateway": one.name}
        return tuple(gateway_topic(channel, **names) for channel in channels)

    check_name(one.name, what="gateway")
    return Account(one.user, one.password, publish=topics(UPWARD), subscribe=topics(DOWNWARD))


def _screen_account(one: BrokerUser, scope: Scope) -> Account:
    """A screen hears its own topic and says nothing."""
    topic = screen_topic(one.name.removeprefix(SCREEN), org=scope.org, store=scope.store)
    return Account(one.user, one.password, publish=(), subscribe=(topic,))


def _subject(topic: str) -> str:
    """The NATS subject of an MQTT topic filter: `/` is `.`, `+` is `*`.

    Source: NATS documentation, "MQTT: topics and subjects".
    """
    return topic.replace("/", ".").replace("+", "*")
