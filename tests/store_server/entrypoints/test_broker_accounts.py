import base64
import hashlib
import json

import pytest

from proximity_wire.errors import MessageError
from store_server.entrypoints.broker_accounts import (
    NatsPlace,
    accounts_of,
    mosquitto_files,
    mosquitto_hash,
    nats_config,
)
from store_server.first_run import BrokerUser
from store_server.ids import scope

HERE = scope("acme", "demo")
USERS = (
    BrokerUser("server", "acme.demo", "s3cret"),
    BrokerUser("gw-1", "acme.demo.gw-1", "pass-1"),
)
PLACE = NatsPlace("test", "127.0.0.1", 1883, "/data", "/log")


def test_a_gateway_has_rights_on_its_own_topics_by_name() -> None:
    gateway = accounts_of(USERS, scope=HERE)[1]

    topics = (*gateway.publish, *gateway.subscribe)
    assert all(topic.startswith("beaconry/v1/acme/demo/gw-1/") for topic in topics)
    assert not any(sign in topic for topic in topics for sign in "+#")


def test_nats_is_told_in_subjects_and_only_mqtt_is_open() -> None:
    config = json.loads(nats_config(accounts_of(USERS, scope=HERE), PLACE))

    server, gateway = config["authorization"]["users"]
    assert "beaconry.v1.acme.demo.*.up.sightings" in server["permissions"]["subscribe"]["allow"]
    assert gateway["permissions"]["subscribe"]["allow"] == [
        "beaconry.v1.acme.demo.gw-1.down.ack",
        "beaconry.v1.acme.demo.gw-1.down.config",
    ]
    assert {tuple(user["allowed_connection_types"]) for user in (server, gateway)} == {("MQTT",)}


def test_mosquitto_is_told_each_right_of_each_user() -> None:
    files = mosquitto_files(accounts_of(USERS, scope=HERE), listen="1883 0.0.0.0", folder="/etc/m")

    rights = files["acl"].split("user acme.demo.gw-1\n")[1]
    assert rights.splitlines()[:2] == [
        "topic write beaconry/v1/acme/demo/gw-1/up/sightings",
        "topic write beaconry/v1/acme/demo/gw-1/up/health",
    ]
    assert "use_username_as_clientid true" in files["mosquitto.conf"]
    assert "allow_anonymous false" in files["mosquitto.conf"]


def test_no_password_lies_open_in_mosquittos_files() -> None:
    files = mosquitto_files(accounts_of(USERS, scope=HERE), listen="1883", folder="/etc/m")

    assert not any(user.password in text for user in USERS for text in files.values())


def test_a_mosquitto_hash_is_pbkdf2_with_its_salt() -> None:
    kind, iterations, salt, digest = mosquitto_hash("pass", salt=b"twelve bytes").split("$")[1:]

    expected = hashlib.pbkdf2_hmac("sha512", b"pass", b"twelve bytes", int(iterations), 64)
    assert (kind, base64.b64decode(salt)) == ("7", b"twelve bytes")
    assert base64.b64decode(digest) == expected


def test_a_name_that_cannot_stand_in_a_topic_gets_no_account() -> None:
    with pytest.raises(MessageError, match="gateway is"):
        accounts_of([BrokerUser("gw/#", "acme.demo.x", "p")], scope=HERE)


def test_an_account_does_not_print_its_password() -> None:
    assert "s3cret" not in repr(accounts_of(USERS, scope=HERE))
