import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from store_server.entrypoints.broker_accounts import accounts_of
from store_server.entrypoints.broker_child import (
    end_stale_child,
    running_child,
    takes_connection,
)
from store_server.entrypoints.embedded_broker import EmbeddedBroker
from store_server.errors import Unreachable
from store_server.first_run import Secrets
from store_server.ids import scope
from tests.brokers import running_broker
from tests.store_server.entrypoints.mqtt_parties import party

HERE = scope("acme", "demo")
TOPIC = "beaconry/v1/acme/demo/gw-1/up/state"

# What a server does, as far as the broker is concerned; then it is killed.
SERVER = """
import sys, threading
from pathlib import Path
from store_server.entrypoints.broker_accounts import accounts_of
from store_server.entrypoints.embedded_broker import EmbeddedBroker
from store_server.first_run import Secrets
from store_server.ids import scope
state, here = Path(sys.argv[1]), scope("acme", "demo")
users = lambda: accounts_of(Secrets(state).broker_users(scope=here), scope=here)
broker = EmbeddedBroker(state / "broker", host="127.0.0.1", port=0, server_name="t", accounts=users)
broker.start()
print(broker.port, broker.pid, flush=True)
threading.Event().wait()
"""


def a_broker(state: Path, *, port: int = 0) -> EmbeddedBroker:
    secrets = Secrets(state)
    return EmbeddedBroker(
        state / "broker",
        host="127.0.0.1",
        port=port,
        server_name="test",
        accounts=lambda: accounts_of(secrets.broker_users(scope=HERE), scope=HERE),
    )


def soon(condition: Callable[[], bool], *, within_s: float = 10.0) -> bool:
    until = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def test_a_broker_that_dies_comes_back_on_its_port_with_what_it_kept(tmp_path: Path) -> None:
    with running_broker("embedded", tmp_path, gateways=["gw-1"]) as broker:
        assert broker.embedded is not None
        with party(broker, "gw-1") as gateway:
            gateway.say(TOPIC, b"online", retain=True)
        first = broker.embedded.pid
        assert first is not None

        os.kill(first, signal.SIGKILL)

        assert soon(lambda: broker.embedded.pid not in (None, first))  # type: ignore[union-attr] # asserted above
        assert broker.embedded.wait_until_ready(timeout_s=10)
        with party(broker, "server") as server:
            server.listen(TOPIC)
            assert server.next().payload == b"online"


def test_a_gateway_added_later_may_connect_and_nobody_is_cut_off(tmp_path: Path) -> None:
    with running_broker("embedded", tmp_path, gateways=["gw-1"]) as broker:
        assert broker.embedded is not None
        with party(broker, "gw-1") as old:
            newcomer = accounts_of([broker.secrets.broker_user("gw-2", scope=HERE)], scope=HERE)[0]
            assert not takes_connection(broker.host, broker.port, newcomer)

            broker.embedded.reload()

            assert soon(lambda: takes_connection(broker.host, broker.port, newcomer))
            old.say(TOPIC, b"still here")
            assert old.client.is_connected()


def test_the_port_is_the_same_after_a_restart_of_the_server(tmp_path: Path) -> None:
    broker = a_broker(tmp_path)
    broker.start()
    broker.stop()

    again = a_broker(tmp_path)
    again.start()
    again.stop()

    assert again.port == broker.port


def test_a_stopped_broker_is_gone(tmp_path: Path) -> None:
    broker = a_broker(tmp_path)
    broker.start()

    broker.stop()

    assert broker.pid is None
    assert running_child(tmp_path / "broker") is None


def test_a_broker_ends_with_a_server_that_is_killed(tmp_path: Path) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    port = int(server.stdout.readline().split()[0])
    assert running_child(tmp_path / "broker") is not None

    server.kill()
    server.wait()
    server.stdout.close()

    assert soon(lambda: running_child(tmp_path / "broker") is None)
    again = a_broker(tmp_path)
    again.start()
    again.stop()
    assert again.port == port


def test_a_stale_broker_is_ended_and_a_stranger_is_not(tmp_path: Path) -> None:
    config = str(tmp_path / "nats-server.conf")
    idle = "import sys; sys.stdin.read()"
    ours = subprocess.Popen([sys.executable, "-c", idle, config], stdin=subprocess.PIPE)
    stranger = subprocess.Popen([sys.executable, "-c", idle], stdin=subprocess.PIPE)

    for child in (stranger, ours):
        (tmp_path / "nats-server.pid").write_text(str(child.pid))
        end_stale_child(tmp_path)

    assert ours.wait(10) == -signal.SIGTERM
    assert stranger.poll() is None
    stranger.communicate()
    assert ours.stdin is not None
    ours.stdin.close()


def test_a_port_that_is_taken_is_said_plainly(tmp_path: Path) -> None:
    with running_broker("embedded", tmp_path / "one", gateways=[]) as first:
        second = a_broker(tmp_path / "two", port=first.port)

        with pytest.raises(Unreachable, match=str(first.port)):
            second.start(timeout_s=1)


def test_its_configuration_is_nobody_elses_to_read(tmp_path: Path) -> None:
    broker = a_broker(tmp_path)
    broker.start()
    broker.stop()

    mode = (tmp_path / "broker" / "nats-server.conf").stat().st_mode

    assert mode & 0o077 == 0
