"""The store with its doors open: broker, subscriber, deliveries, timetable, HTTP.

Everything is taken down in the reverse order of its start: first nobody new comes in, then what
is queued is finished, then the database is closed.
"""

import contextlib
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import structlog
import uvicorn

from store_server.bootstrap.admission import admit_keys, first_login_link
from store_server.bootstrap.collect_seldom import collect_seldom
from store_server.bootstrap.open_channels import longest_try_s, open_channels
from store_server.bootstrap.open_store import OpenStore, engines_of, open_store
from store_server.bootstrap.start_broker import login_of, start_broker
from store_server.clock import SystemClock
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.deliveries import Deliveries
from store_server.entrypoints.ground_watch import GroundWatch
from store_server.entrypoints.http_app import create_app
from store_server.entrypoints.jobs import Timetable
from store_server.entrypoints.live_past import LivePast
from store_server.entrypoints.mqtt_subscriber import MqttSubscriber
from store_server.entrypoints.profile_refresh import ProfileRefresh
from store_server.entrypoints.till_drop import TillDrop
from store_server.errors import Unreachable
from store_server.flows.journal_presence import checkpoint_presence
from store_server.flows.show_people import people_in
from store_server.outbox.channels import Channel
from store_server.outbox.channels.screen import LateLink
from store_server.outbox.flights import Flight
from store_server.settings import Settings
from store_server.writer import Priority

log = structlog.get_logger(__name__)


def serve(settings: Settings, *, tell: Callable[[str], None]) -> None:
    """Run the store until SIGTERM or SIGINT; SIGHUP tells the broker of new gateways.

    Args:
        settings: of the store.
        tell: shows the person who started it a line: the console's one-time link at first run.

    Raises:
        ConfigError: something in the settings, secrets or database does not fit.
        Unreachable: the address is taken, or the broker does not start.
    """
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(open_store(settings))
        listener = stack.enter_context(_listen(settings))
        console = settings.http.public_url or _url_of(settings, listener)
        # From here on steps are journalled: they need a checkpoint to start from.
        while store.writer.submit(Priority.APP, checkpoint_presence, forced=True).result():
            pass
        admit_keys(store)
        if link := first_login_link(store, console=console.rstrip("/")):
            tell(f"console: {link}")
        host, port, accounts = start_broker(store, stack)
        screens = LateLink()
        channel, store.rooms.channels = open_channels(settings, publish=screens.publish)
        deliveries = _start_deliveries(store, stack, channel=channel)
        subscriber = _start_subscriber(store, stack, host=host, port=port)
        screens.publish_by = subscriber.publish_screen
        # Only here: commands change plan and survey, and presence is the server's alone.
        store.rooms.engines = engines_of(settings, store.rooms)
        ground = GroundWatch(store.writer, store.reader, store.rooms)
        refresh = ProfileRefresh(store)
        past = LivePast()

        def look() -> None:
            ground.look()
            live = store.rooms.live
            at = store.rooms.now(live)
            past.note(people_in(live, at_t=at.timestamp()), at=at)

        _start_timetable(store, stack, look=look, look_seldom=refresh.look)
        stack.callback(refresh.stop)
        context = ServerContext(
            settings=settings,
            scope=settings.scope,
            writer=store.writer,
            reader=store.reader,
            rooms=store.rooms,
            wake_deliveries=deliveries.wake,
            send_claim=lambda claim: channel.send(claim, Flight(claim.shopper)),
            lanes=deliveries.lanes,
            accounts=accounts,
            past=past,
            publish_config=subscriber.publish_config,
        )
        run: dict[str, str | int] = {
            "http_url": _url_of(settings, listener),
            "mqtt_host": host,
            "mqtt_port": port,
            "pid": os.getpid(),
        }
        config = uvicorn.Config(
            create_app(context),
            log_config=None,
            access_log=False,
            server_header=False,
            ws="websockets-sansio",
            timeout_graceful_shutdown=3,
        )
        _Server(config, run_file=settings.state_dir / "run.json", run=run).run(sockets=[listener])
        log.info("stopping", mqtt_connects=subscriber.connects)


class _Server(uvicorn.Server):
    """uvicorn, which says in `run.json` where it can be reached as soon as it can."""

    def __init__(
        self, config: uvicorn.Config, *, run_file: Path, run: dict[str, str | int]
    ) -> None:
        super().__init__(config)
        self._run_file = run_file
        self._run = run

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then write the file in one piece."""
        await super().startup(sockets)
        collect_seldom()
        draft = self._run_file.with_suffix(".new")
        draft.write_text(json.dumps(self._run) + "\n")
        draft.replace(self._run_file)
        log.info("ready", console=self._run["http_url"], mqtt_port=self._run["mqtt_port"])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take the file away, then stop."""
        self._run_file.unlink(missing_ok=True)
        await super().shutdown(sockets)


def _listen(settings: Settings) -> socket.socket:
    """A bound socket; taken before anything is started, so that a clash is told at once."""
    host, port = settings.http.host, settings.http.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Unreachable(
            f"[http] cannot listen on {host}:{port}: {error.strerror}; is another server running? "
            "Set [http] port, or 0 for a free one"
        ) from error
    return listener


def _url_of(settings: Settings, listener: socket.socket) -> str:
    host = settings.http.host
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}"


def _start_deliveries(
    store: OpenStore, stack: contextlib.ExitStack, *, channel: Channel
) -> Deliveries:
    timeout_s = longest_try_s(store.settings)
    deliveries = Deliveries(
        store.writer, store.reader, channel, rooms=store.rooms, timeout_s=timeout_s
    )
    stack.callback(channel.close)
    deliveries.start()
    stack.callback(deliveries.stop)
    store.rooms.wake_deliveries = deliveries.wake
    return deliveries


def _start_timetable(
    store: OpenStore,
    stack: contextlib.ExitStack,
    *,
    look: Callable[[], object],
    look_seldom: Callable[[], object],
) -> None:
    folder = store.settings.till.drop_folder
    drop = None if folder is None else TillDrop(folder, store.writer)
    timetable = Timetable(
        store.writer,
        look=look,
        look_seldom=look_seldom,
        look_at_drop=None if drop is None else drop.look,
    )
    timetable.start()
    stack.callback(timetable.stop)


def _start_subscriber(
    store: OpenStore, stack: contextlib.ExitStack, *, host: str, port: int
) -> MqttSubscriber:
    mqtt = store.settings.mqtt
    username, password = login_of(store)
    subscriber = MqttSubscriber(
        store.writer,
        scope=store.settings.scope,
        host=host,
        port=port,
        username=username,
        password=password,
        tls_ca=str(mqtt.ca_file) if mqtt.ca_file else None,
        clock=SystemClock(),
    )
    subscriber.start()
    stack.callback(subscriber.stop)
    return subscriber
