"""A server with its broker, and gateways that come in by code: all real processes."""

import contextlib
import json
import os
import re
import shlex
import sqlite3
import subprocess
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.brokers import BrokerKind, mosquitto_binary
from tests.edge_agent.service_unit import hand_over
from tests.faults.feeds import Feeds
from tests.faults.process import Process, until
from tests.faults.seed import SYSTEM_CLOCK, write_store_config
from tests.faults.state_template import BIN, copy_mosquitto, copy_state, make_template
from tests.faults.store_api import StoreApi
from tests.ports import free_port

SITE_TOML = """# this gateway's own
[source]
kind = "feed"
socket = "feed.sock"
[spool]
path = "edge.spool"
[mqtt]
host = "192.0.2.1"   # from before
reconnect_max_s = 0.5
username_file = "old.user"
refused_retry_s = 0.5
"""


class Site:
    """A store server by the wall clock; gateways lie in folders beside it."""

    def __init__(self, folder: Path, template: Path, *, kind: BrokerKind = "embedded") -> None:
        copy_state(template, folder)
        self.folder = folder
        port = 0 if kind == "embedded" else free_port()
        self.mosquitto = None if kind == "embedded" else self._mosquitto(template, port)
        home = folder / "mosquitto" if self.mosquitto else None
        self.config = write_store_config(
            folder, broker_port=port, clock=SYSTEM_CLOCK, mosquitto=home
        )
        self.api = StoreApi(folder / "state")
        argv = [str(BIN / "store-server"), "serve", "--config", str(self.config)]
        self.server = Process("store-server", argv, folder=folder)
        self.edges: list[Process] = []

    def _mosquitto(self, template: Path, port: int) -> Process:
        binary = mosquitto_binary()
        assert binary, "mosquitto is not installed: run make system-packages"
        conf = copy_mosquitto(template, self.folder, port=port)
        return Process("mosquitto", [binary, "-c", str(conf)], folder=self.folder)

    def start(self) -> None:
        if self.mosquitto is not None:
            self.mosquitto.start()
            pid_file = self.folder / "mosquitto" / "pid"
            until(pid_file.exists, what="mosquitto runs")
        self.server.start()
        run = self.folder / "state" / "run.json"
        until(lambda: run.exists() or not self.server.running, what="the server is ready")
        assert self.server.running, self.server.log()[-3000:]

    @property
    def url(self) -> str:
        return str(self.api.run()["http_url"])

    def new_code(self, gateway: str) -> str:
        key, path = self.api.key("ops"), f"/v1/gateways/{gateway}/enrolment-codes"
        answer = self.api.ask(key, "POST", path)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["code"])

    def let_codes_end(self) -> None:
        """Have every code that was made be good until yesterday: a quarter of an hour is long."""
        with contextlib.closing(sqlite3.connect(self.folder / "state" / "store.sqlite")) as store:
            store.execute("UPDATE enrolment_code SET expires_at_ms = expires_at_ms - 86400000")
            store.commit()

    def printed(self, gateway: str) -> str:
        """The line that the console shows for this gateway."""
        answer = self.api.ask(
            self.api.key("ops"), "POST", f"/v1/gateways/{gateway}/enrolment-codes"
        )
        return str(answer.json()["command"])

    def paste(self, line: str, *, config: Path) -> subprocess.CompletedProcess[str]:
        """Run the line as it is, on a machine where /etc/beaconry is the folder of `config`."""
        tools = self.folder / "tools"
        tools.mkdir(exist_ok=True)
        (tools / "sudo").write_text('#!/bin/sh\nexec "$@"\n')
        (tools / "sudo").chmod(0o755)
        return subprocess.run(
            ["sh", "-c", line.replace("/etc/beaconry/edge.toml", shlex.quote(str(config)))],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "PATH": f"{tools}:{BIN}:{os.environ['PATH']}"},
        )

    def run_service(self, config: Path) -> Process:
        """What systemd starts: the command of the unit, with the credentials handed over."""
        folder = config.parent
        argv = hand_over(folder, folder / "credentials")
        edge = Process(
            f"service-{folder.name}", [str(BIN / "edge-agent"), *argv[1:]], folder=folder
        )
        self.edges.append(edge)
        edge.start()
        return edge

    def enrol(
        self, code: str, *, config: Path, server: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """The installer's command on the gateway."""
        argv = [str(BIN / "edge-agent"), "enrol", "--server", server or self.url]
        return subprocess.run(
            [*argv, "--code", "-", "--config", str(config)],
            input=f"{code}\n",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "http_proxy": "http://192.0.2.1:9"},
        )

    def place_for(self, gateway: str) -> Path:
        """The settings file of a gateway that was set up but for who it is."""
        folder = self.folder / gateway
        folder.mkdir()
        (folder / "edge.toml").write_text(SITE_TOML)
        return folder / "edge.toml"

    def run_edge(self, config: Path) -> Process:
        argv = [str(BIN / "edge-agent"), "run", "--config", str(config)]
        edge = Process(f"edge-{config.parent.name}", argv, folder=self.folder)
        self.edges.append(edge)
        edge.start()
        return edge

    def hear(self, gateway: str, *, config: Path) -> None:
        """Let an enrolled gateway hear a tag now."""
        link = self.folder / f"{gateway}.sock"
        if not link.is_symlink():
            link.symlink_to(config.parent / "feed.sock")
        now_ms = round(time.time() * 1000)
        Feeds(self.folder).second(gateway, {"ann": bytes(16)}, until_ms=now_ms, rssi_dbm=-60)

    def fleet_line(self, gateway: str) -> dict[str, Any]:
        """What `GET /v1/gateways` says of one gateway."""
        found = self.api.get("/v1/gateways")["gateways"]
        return dict(next(one for one in found if one["gateway_id"] == gateway))

    def line(self, gateway: str) -> dict[str, Any]:
        """How the server sees one gateway."""
        return dict(self.api.progress()["gateways"].get(gateway) or {})

    def standing(self, gateway: str) -> str:
        return str(self.fleet_line(gateway)["standing"])

    def store_server(self, *arguments: str) -> dict[str, Any]:
        """What a command of the server answers."""
        argv = [str(BIN / "store-server"), *arguments, "--config", str(self.config), "--json"]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True)
        return dict(json.loads(done.stdout))

    def close(self) -> None:
        for child in (*self.edges, self.server, self.mosquitto):
            if child is not None:
                child.kill()
        self.api.moved()


def told_by(port: int, name: str) -> float:
    """A number on a gateway's page of metrics; 0 while there is none."""
    url = f"http://127.0.0.1:{port}/metrics"
    try:
        page = httpx.get(url, timeout=5, trust_env=False).text
    except httpx.TransportError:
        return 0.0
    found = re.search(rf"^{name} (\S+)$", page, re.MULTILINE)
    return float(found[1]) if found else 0.0


def settings_in(config: Path) -> dict[str, Any]:
    return tomllib.loads(config.read_text())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for the tests of a file."""
    template = make_template(tmp_path_factory.mktemp("template"))
    opened = Site(tmp_path_factory.mktemp("site"), template)
    try:
        opened.start()
        yield opened
    finally:
        opened.close()
