"""Topic grammar: built and parsed here, never by hand elsewhere.

    beaconry/v1/{org}/{store}/{gateway}/up/sightings | up/health | up/state
    beaconry/v1/{org}/{store}/{gateway}/down/ack | down/config
    beaconry/v1/{org}/{store}/screens/{screen}

Names match `[a-z0-9][a-z0-9-]{0,31}`: a dot would break the mapping of topics to
subjects in nats-server, and a shopper's id, address or secret cannot be spelled.
"""

import re
from enum import StrEnum
from typing import NamedTuple

from proximity_wire.errors import MessageError

ROOT = "beaconry/v1"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class Channel(StrEnum):
    """What a topic of a gateway carries; the value is the tail of the topic."""

    SIGHTINGS = "up/sightings"
    HEALTH = "up/health"
    STATE = "up/state"
    ACK = "down/ack"
    CONFIG = "down/config"


class GatewayTopic(NamedTuple):
    """One gateway's topic, taken apart."""

    org: str
    store: str
    gateway: str
    channel: Channel

    def __str__(self) -> str:
        return f"{ROOT}/{self.org}/{self.store}/{self.gateway}/{self.channel}"


def check_name(name: str, *, what: str) -> str:
    """`name` itself, when it may stand in a topic.

    Raises:
        MessageError: it does not match `[a-z0-9][a-z0-9-]{0,31}`.
    """
    if not _NAME.fullmatch(name):
        raise MessageError(
            f"{what} is {name[:40]!r}; must be 1 to 32 of a-z, 0-9 and '-', not starting with '-'"
        )
    return name


def gateway_topic(channel: Channel, *, org: str, store: str, gateway: str) -> str:
    """The topic on which `gateway` says or hears `channel`.

    Example:
        >>> gateway_topic(Channel.ACK, org="acme", store="s1", gateway="gw-1")
        'beaconry/v1/acme/s1/gw-1/down/ack'

    Raises:
        MessageError: a name cannot stand in a topic.
    """
    check_name(org, what="org")
    check_name(store, what="store")
    check_name(gateway, what="gateway")
    return str(GatewayTopic(org, store, gateway, channel))


def screen_topic(screen: str, *, org: str, store: str) -> str:
    """The retained topic of one in-store screen.

    Raises:
        MessageError: a name cannot stand in a topic.
    """
    check_name(org, what="org")
    check_name(store, what="store")
    check_name(screen, what="screen")
    return f"{ROOT}/{org}/{store}/screens/{screen}"


def upward_filters(*, org: str, store: str) -> tuple[str, ...]:
    """The three subscriptions of a store server: sightings, health and state of every gateway."""
    ups = (Channel.SIGHTINGS, Channel.HEALTH, Channel.STATE)
    return tuple(f"{ROOT}/{org}/{store}/+/{channel}" for channel in ups)


def parse_gateway_topic(topic: str) -> GatewayTopic:
    """The parts of a gateway's topic.

    Raises:
        MessageError: the topic does not follow the grammar.
    """
    parts = topic.split("/", 5)
    if len(parts) != 6 or "/".join(parts[:2]) != ROOT:
        raise MessageError(f"topic {topic[:120]!r} does not start with {ROOT}/org/store/gateway/")
    org, store, gateway = (
        check_name(part, what=what)
        for part, what in zip(parts[2:5], ("org", "store", "gateway"), strict=True)
    )
    try:
        channel = Channel(parts[5])
    except ValueError:
        raise MessageError(
            f"topic {topic[:120]!r} ends in {parts[5][:40]!r}; must be one of " + ", ".join(Channel)
        ) from None
    return GatewayTopic(org, store, gateway, channel)
