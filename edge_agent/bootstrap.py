"""Composition root: from settings to an agent that can run; the only place that knows all parts."""

import asyncio
import logging
import random
import secrets
import signal
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from edge_agent.agent import Agent
from edge_agent.backoff import Backoff
from edge_agent.broker_link import BrokerLink, LinkEvent
from edge_agent.broker_login import mqtt_user
from edge_agent.clocks import FeedClock, GatewayClock, SystemClock
from edge_agent.delivery import Delivery, DeliveryPolicy
from edge_agent.errors import ConfigError
from edge_agent.hearing import Hearing
from edge_agent.link_history import LinkHistory, Protocol
from edge_agent.mqtt_uplink import MqttUplink
from edge_agent.settings import EdgeSettings, SourceSettings
from edge_agent.sources import AdvertSource
from edge_agent.sources.bluez import BluezSource
from edge_agent.sources.feed import FeedSource
from edge_agent.sources.replay import ReplaySource
from edge_agent.spool import Spool
from edge_agent.uplink_address import UplinkAddress, client_id_of
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


def build_agent(settings: EdgeSettings) -> Agent:
    """An agent with all its parts; the spool is opened and locked.

    Raises:
        SpoolError: the spool cannot be used.
        ConfigError: the file with the user name cannot be read.
    """
    rng = random.Random()  # noqa: S311 (jitter, not secrets)
    clock = build_clock(settings.source)
    boot_id = secrets.token_hex(16)
    spool = Spool(Path(settings.spool.path), max_bytes=int(settings.spool.max_mb * 1_000_000))
    window = settings.window
    windows = WindowTable(
        window_ms=int(window.seconds * 1000),
        forget_ms=int(window.forget_s * 1000),
        most=window.max_identities,
    )
    return Agent(
        settings,
        source=build_source(settings.source, clock=clock, rng=rng),
        clock=clock,
        hearing=Hearing(windows),
        uplink=_build_uplink(settings, spool=spool, clock=clock, boot_id=boot_id, rng=rng),
        boot_id=boot_id,
        version=metadata.version("beaconry"),
    )


async def run_agent(agent: Agent) -> None:
    """Run `agent` until SIGTERM or SIGINT.

    Raises:
        EdgeAgentError: see `Agent.run`.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)
    await agent.run(stop)


def _build_uplink(
    settings: EdgeSettings,
    *,
    spool: Spool,
    clock: GatewayClock,
    boot_id: str,
    rng: random.Random,
) -> MqttUplink:
    mqtt, gateway = settings.mqtt, settings.gateway
    address = UplinkAddress(gateway, boot_id)
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
        take_config=lambda _payload: None,
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
