"""Composition root: from settings to an agent that can run; the only place that knows all parts."""

import asyncio
import logging
import os
import platform
import random
import secrets
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from edge_agent.agent import Agent
from edge_agent.agent_record import AgentRecord
from edge_agent.backoff import Backoff
from edge_agent.broker_link import BrokerLink, LinkEvent
from edge_agent.broker_login import mqtt_user
from edge_agent.clocks import FeedClock, GatewayClock, SystemClock
from edge_agent.config_trial import ConfigTrial
from edge_agent.delivery import Delivery, DeliveryPolicy
from edge_agent.errors import ConfigError
from edge_agent.foreign_count import ForeignCounter
from edge_agent.health import Running
from edge_agent.hearing import Hearing
from edge_agent.installed_versions import installed_version
from edge_agent.link_history import LinkHistory, Protocol
from edge_agent.mqtt_uplink import MqttUplink
from edge_agent.quarantine import Quarantine
from edge_agent.remote_settings import RemoteSettings
from edge_agent.service_notice import ServiceNotice
from edge_agent.settings import EdgeSettings, SourceSettings
from edge_agent.sources import AdvertSource
from edge_agent.sources.bluez import BluezSource
from edge_agent.sources.feed import FeedSource
from edge_agent.sources.replay import ReplaySource
from edge_agent.spool import Spool
from edge_agent.uplink_address import UplinkAddress, client_id_of
from edge_agent.vital_signs import Parts, VitalSigns
from edge_agent.windows import WindowTable

logger = logging.getLogger(__name__)

# Without progress the wait for an acknowledgement grows to this many times its first value;
# no further, or a restarted server would wait long for what it missed.
_ACK_WAIT_GROWTH = 3.0


def build_source(
    settings: SourceSettings, *, clock: GatewayClock, rng: random.Random
) -> AdvertSource:
    """The source that `settings` ask for."""
    match settings.kind:
        case "feed":
            return FeedSource(Path(settings.socket))
        case "replay":
            return ReplaySource(Path(settings.file), speed=settings.speed, clock=clock)
        case "bluez":
            return BluezSource(settings, clock=clock, rng=rng)


def build_clock(settings: SourceSettings) -> GatewayClock:
    """The feed's clock for a feed, else the system's."""
    return FeedClock() if settings.kind == "feed" else SystemClock()


class Run(NamedTuple):
    """One run of the agent, between two starts with other settings."""

    agent: Agent
    signs: VitalSigns
    trial: ConfigTrial


def build_run(settings: EdgeSettings, remote: RemoteSettings, *, notice: ServiceNotice) -> Run:
    """An agent with all its parts; the spool is opened and locked.

    Raises:
        SpoolError: the spool cannot be used.
        ConfigError: the file with the user name cannot be read.
    """
    rng = random.Random()  # noqa: S311 (jitter, not secrets)
    clock = build_clock(settings.source)
    boot_id = secrets.token_hex(16)
    counting = ForeignCounter(lambda: secrets.token_bytes(16)) if settings.window.counting else None
    hearing = Hearing(_build_windows(settings), foreign=counting)
    trial = ConfigTrial(
        remote,
        hearing=hearing,
        confirm_s=settings.remote.confirm_s,
        started_s=time.monotonic(),
    )
    source = build_source(settings.source, clock=clock, rng=rng)
    spool = Spool(
        Path(settings.spool.path),
        max_bytes=int(settings.spool.max_mb * 1_000_000),
        ballast_bytes=int(settings.spool.ballast_mb * 1_000_000),
    )
    address = UplinkAddress(settings.gateway, boot_id, lambda: remote.standing)
    uplink = _build_uplink(
        settings, address, spool=spool, clock=clock, rng=rng, take_config=trial.offer
    )
    trial.uplink = uplink
    agent = Agent(
        settings, source=source, clock=clock, hearing=hearing, uplink=uplink, boot_id=boot_id
    )
    parts = Parts(
        hearing,
        uplink,
        clock,
        dropped=lambda: agent.dropped() + trial.faults,
        radio=lambda: source.radio,
    )
    running = Running(boot_id, installed_version("beaconry") or "?", remote.restarts, _versions())
    return Run(agent, VitalSigns(settings, parts, running=running, notice=notice), trial)


async def run_gateway(own: EdgeSettings, *, set_log_level: Callable[[str], None]) -> None:
    """Run the gateway until SIGTERM or SIGINT, anew with each configuration that the server sends.

    Args:
        own: settings of the gateway's file and environment.
        set_log_level: makes the log say more or less.

    Raises:
        EdgeAgentError: see `Agent.run`.
    """
    ended = asyncio.Event()
    stops: list[asyncio.Event] = []
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, _end, ended, stops)
    remote = RemoteSettings(AgentRecord(Path(own.spool.path)), own=own)
    remote.note_start()
    notice = ServiceNotice(os.environ)
    latest: list[VitalSigns] = []
    close_page = _open_page(own, latest)
    try:
        while not ended.is_set():
            settings = remote.effective()
            set_log_level(settings.log.level)
            run = build_run(settings, remote, notice=notice)
            latest[:] = [run.signs]
            stops[:] = [asyncio.Event()]
            notice.ready()
            run.agent.faults["killed"] += remote.was_killed
            await run.agent.run(stops[0], signs=run.signs, trial=run.trial)
        remote.note_end()
    finally:
        notice.stopping()
        if close_page is not None:
            close_page()


def _end(ended: asyncio.Event, stops: list[asyncio.Event]) -> None:
    ended.set()
    for stop in stops:
        stop.set()


def _open_page(settings: EdgeSettings, latest: list[VitalSigns]) -> Callable[[], None] | None:
    """Opens the page, where one is asked for; what closes it.

    A port that is taken costs the page, not the gateway.
    """
    port = settings.health.prometheus_port
    if not port:
        return None
    from edge_agent.health_page import HealthPage  # noqa: PLC0415 (a web server takes 1 MB)

    try:
        return HealthPage(port, latest=lambda: latest[0].latest if latest else None).close
    except ConfigError as error:
        logger.error("no Prometheus text: %s", error)
        return None


def _versions() -> dict[str, str]:
    """What the agent stands on; each text at most 40 characters."""
    found = {"python": platform.python_version(), "kernel": platform.release()}
    for name in ("bleak", "paho-mqtt"):
        found[name] = installed_version(name.replace("-", "_")) or "none"
    return {name: text[:40] for name, text in found.items()}


def _build_windows(settings: EdgeSettings) -> WindowTable:
    window = settings.window
    return WindowTable(
        window_ms=int(window.seconds * 1000),
        forget_ms=int(window.forget_s * 1000),
        most=window.max_identities,
    )


def _build_uplink(
    settings: EdgeSettings,
    address: UplinkAddress,
    *,
    spool: Spool,
    clock: GatewayClock,
    rng: random.Random,
    take_config: Callable[[bytes], None],
) -> MqttUplink:
    mqtt, gateway = settings.mqtt, settings.gateway
    policy = DeliveryPolicy(
        most_in_flight=mqtt.in_flight,
        ack_wait=Backoff(mqtt.ack_timeout_s, mqtt.ack_timeout_s * _ACK_WAIT_GROWTH),
        refuse_after=mqtt.refuse_after,
    )
    delivery = Delivery(
        spool,
        policy,
        org=gateway.org,
        store=gateway.store,
        gateway=gateway.gateway,
        clock=clock,
        rng=rng,
        quarantine=Quarantine(Path(settings.spool.path)),
    )
    return MqttUplink(
        delivery,
        address,
        open_link=_link_factory(settings, address, spool),
        history=LinkHistory(
            reconnect=Backoff(min(0.5, mqtt.reconnect_max_s), mqtt.reconnect_max_s),
            refused_retry=Backoff(mqtt.refused_retry_s, mqtt.refused_retry_s * 10),
            rng=rng,
            protocol=None if mqtt.protocol == "auto" else mqtt.protocol,
        ),
        take_config=take_config,
    )


def _link_factory(
    settings: EdgeSettings, address: UplinkAddress, spool: Spool
) -> Callable[[Protocol, Callable[[LinkEvent], None]], BrokerLink]:
    try:
        user = mqtt_user(settings.mqtt)
    except OSError as error:
        raise ConfigError(
            f"[mqtt] username_file {error.filename} cannot be read: {error.strerror}"
        ) from error

    def open_link(protocol: Protocol, tell: Callable[[LinkEvent], None]) -> BrokerLink:
        # Asked each time: a damaged spool is replaced while the agent runs, and so is its suffix.
        client_id = client_id_of(
            settings.gateway, settings.mqtt, user=user, client_suffix=spool.client_suffix
        )
        return BrokerLink(
            settings.mqtt,
            protocol=protocol,
            client_id=client_id,
            ack_topic=address.ack_topic,
            config_topic=address.config_topic,
            will=(address.state_topic, address.state(online=False)),
            tell=tell,
        )

    return open_link
