"""The real programs of one simulated shop: files, store server, gateways; and their end."""

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from firmware_sim.bluez import BluezFeed, PrivateBus
from firmware_sim.demo_config import (
    edge_config,
    plan_where_it_is_ten,
    socket_folder,
    store_config,
)
from firmware_sim.demo_offers import demo_campaigns, demo_offers
from firmware_sim.drive import PROGRESS_PATH
from firmware_sim.errors import ChildFailed, OutletError, ScenarioError
from firmware_sim.outage import OutageKind
from firmware_sim.outlets import BrokerLine, StoreClient, StoreKeys, UnixFeed
from firmware_sim.ports import GatewayFeed, StoreApi
from firmware_sim.processes import Child, read_run_file, run_once, wait_for
from firmware_sim.progress import Progress, read_progress
from firmware_sim.retail_data import RetailSeed
from firmware_sim.scenario import Scenario
from firmware_sim.seed_files import write_seed_files

MARKER = ".beaconry-simulation"
READY_WITHIN_S = 60.0
Document = Mapping[str, object]
Radio = Literal["feed", "bluez"]


def seed_documents(seed: RetailSeed, scenario: Scenario) -> tuple[list[Document], list[Document]]:
    """Offers and campaigns of a scenario, as they are seeded."""
    return list(demo_offers(seed)), list(demo_campaigns(scenario.start_at))


class ShopFloor:
    """Everything that runs under one folder, which is emptied first."""

    def __init__(self, scenario: Scenario, folder: Path, *, radio: Radio = "feed") -> None:
        self._radio = radio
        self._scenario = scenario
        self._folder = folder.resolve()
        self._state = self._folder / "state"
        self._config = self._folder / "store.toml"
        self._server: Child | None = None
        self._gateways: dict[str, Child] = {}
        self._feeds: dict[str, GatewayFeed] = {}
        self._lines: dict[str, BrokerLine] = {}
        self._broker = ("127.0.0.1", 0)
        self._url = ""

    @property
    def size(self) -> int:
        """How many gateways the plan has."""
        return len(self._scenario.floor.gateways)

    def open(self, seed: RetailSeed) -> StoreClient:
        """Prepare files, seed the store, start the server; a client that speaks to it.

        Raises:
            ChildFailed: a program ended with an error, or is not ready in time.
            ScenarioError: the folder holds something that is not ours.
        """
        empty_folder(self._folder)
        self._config.write_text(
            store_config(self._scenario, state=self._state, event_clock=self._radio == "feed")
        )
        offers, campaigns = seed_documents(seed, self._scenario)
        files = write_seed_files(self._folder / "seed", seed, offers=offers, campaigns=campaigns)
        self._run("init")
        plan = self._scenario.plan
        if self._radio == "bluez":
            plan = plan_where_it_is_ten(plan, self._folder / "plan.toml", now=datetime.now(UTC))
        self._run("seed", str(plan), *(str(path) for path in files))
        self._server = Child(
            "store-server",
            "store_server",
            "serve",
            "--config",
            str(self._config),
            log_path=self._log("store-server"),
        )
        return self._client(self._wait_until_ready(self._server))

    def console_link(self) -> str:
        """The console's one-time link, or how to get one.

        The link was written before the server had a port: only its path counts.
        """
        try:
            link = (self._state / "secrets" / "login.link").read_text().strip()
        except OSError:
            return f"{self._url} (store-server login-link --config {self._config})"
        return self._url + urlsplit(link).path

    def start_gateways(self) -> dict[str, GatewayFeed]:
        """Start an edge agent per gateway; their feeds, when the store has seen all of them."""
        sockets = socket_folder(self._folder)
        for gateway in self._names():
            socket = sockets / f"{gateway}.sock" if self._radio == "feed" else None
            feed = UnixFeed(socket) if socket else BluezFeed(PrivateBus(sockets, name=gateway))
            self._feeds[gateway] = feed
            config = self._config_of(gateway)
            config.write_text(
                edge_config(
                    self._scenario,
                    gateway=gateway,
                    folder=self._folder,
                    socket=socket,
                    broker=self._broker_for(gateway),
                    credentials=self._credentials(gateway),
                )
            )
            self._start_gateway(gateway)
        return dict(self._feeds)

    def take_out(self, gateway: str, kind: OutageKind) -> None:
        """Kill the gateway's program, or cut its line to the broker."""
        if kind is OutageKind.POWER:
            self._gateways[gateway].kill()
        elif kind is OutageKind.NET:
            self._lines[gateway].cut()

    def bring_back(self, gateway: str, kind: OutageKind) -> None:
        """Start the gateway's program again, or mend its line."""
        if kind is OutageKind.POWER:
            self._start_gateway(gateway)
        elif kind is OutageKind.NET:
            self._lines[gateway].mend()

    def _start_gateway(self, gateway: str) -> None:
        feed = self._feeds[gateway]
        self._gateways[gateway] = Child(
            gateway,
            "edge_agent",
            "run",
            "--config",
            str(self._config_of(gateway)),
            log_path=self._log(gateway),
            bus_address=feed.address if isinstance(feed, BluezFeed) else None,
        )

    def _broker_for(self, gateway: str) -> tuple[str, int]:
        """The broker, or the cuttable line to it where the scenario will cut it."""
        cuts = (one.kind is OutageKind.NET for one in self._scenario.outages_of(gateway))
        if not any(cuts):
            return self._broker
        self._lines[gateway] = BrokerLine(self._broker)
        return self._lines[gateway].address

    def _config_of(self, gateway: str) -> Path:
        return self._folder / f"{gateway}.toml"

    def wait_until_online(self, api: StoreApi) -> None:
        """Wait until the store knows all gateways to be there.

        Raises:
            ChildFailed: one ended, or is not seen in time.
        """

        def online() -> bool:
            try:
                progress = read_progress(api.get(PROGRESS_PATH))
            except OutletError:
                return False
            known = progress.gateways
            return all(name in known and known[name].online for name in self._names())

        wait_for(
            "all gateways online",
            online,
            children=[*self._children(), *self._gateways.values()],
            within_s=READY_WITHIN_S,
        )

    def require_server(self) -> None:
        """Raises ChildFailed when the store server has ended."""
        for child in self._children():
            child.require_running()

    def stop_gateways(self) -> None:
        """End the edge agents; what they have not delivered stays in their spools."""
        for child in self._gateways.values():
            child.ask_to_stop()
        for child in self._gateways.values():
            child.stop()
        for feed in self._feeds.values():
            feed.close()
        self._feeds.clear()
        for line in self._lines.values():
            line.close()

    def stop(self) -> None:
        """End everything that still runs: gateways, then the server."""
        self.stop_gateways()
        for child in self._children():
            child.stop()

    def spools(self) -> list[Path]:
        """The spool file of every gateway."""
        return [self._folder / f"{gateway}.spool" for gateway in self._names()]

    def final_progress(self, api: StoreApi) -> Progress:
        """The server's books after the gateways have stopped; raises OutletError."""
        return read_progress(api.get(PROGRESS_PATH))

    def _children(self) -> Sequence[Child]:
        return [self._server] if self._server is not None else []

    def _names(self) -> list[str]:
        return [gateway.id for gateway in self._scenario.floor.gateways]

    def _log(self, name: str) -> Path:
        return self._folder / "logs" / f"{name}.log"

    def _run(self, command: str, *arguments: str) -> None:
        run_once(
            "store_server",
            command,
            *arguments,
            "--config",
            str(self._config),
            log_path=self._log(command),
        )

    def _credentials(self, gateway: str) -> tuple[Path, Path]:
        broker = self._state / "secrets" / "broker"
        return broker / f"{gateway}.user", broker / f"{gateway}.password"

    def _wait_until_ready(self, server: Child) -> Mapping[str, object]:
        path = self._state / "run.json"

        def ready() -> bool:
            run = read_run_file(path)
            return run is not None and run.get("pid") == server.pid

        wait_for("store-server ready", ready, children=[server], within_s=READY_WITHIN_S)
        return read_run_file(path) or {}

    def _client(self, run: Mapping[str, object]) -> StoreClient:
        port = run.get("mqtt_port")
        if not isinstance(port, int):
            raise ChildFailed(f"{self._state / 'run.json'}: mqtt_port is {port!r}; must be a port")
        self._broker = (str(run.get("mqtt_host", "127.0.0.1")), port)
        self._url = str(run["http_url"])
        keys = self._state / "secrets" / "keys"
        return StoreClient(
            self._url,
            StoreKeys(
                *((keys / f"{name}.key").read_text().strip() for name in ("backend", "till", "ops"))
            ),
        )


def empty_folder(folder: Path) -> None:
    """Make an empty folder of ours, or empty the one that an earlier run left.

    Raises:
        ScenarioError: there are files in it, and it was not made by a run.
    """
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            raise ScenarioError(
                f"{folder}: is not empty and not of an earlier run; name another with --folder"
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).touch()
