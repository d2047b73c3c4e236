"""Where a gateway speaks: its topics, its client id, and the retained message of its state."""

from collections.abc import Callable
from dataclasses import dataclass

from edge_agent.remote_settings import ConfigStanding
from edge_agent.settings import GatewaySettings, MqttSettings
from proximity_wire.messages import GatewayState, encode
from proximity_wire.topics import Channel, gateway_topic


@dataclass(frozen=True, slots=True)
class UplinkAddress:
    """Topics and state messages of one gateway in one run; `standing` says its configuration."""

    gateway: GatewaySettings
    boot_id: str
    standing: Callable[[], ConfigStanding] = ConfigStanding

    @property
    def sightings_topic(self) -> str:
        """Where batches go."""
        return self._topic(Channel.SIGHTINGS)

    @property
    def health_topic(self) -> str:
        """Where health messages go."""
        return self._topic(Channel.HEALTH)

    @property
    def state_topic(self) -> str:
        """Where the retained state stands."""
        return self._topic(Channel.STATE)

    @property
    def ack_topic(self) -> str:
        """Where the server acknowledges."""
        return self._topic(Channel.ACK)

    @property
    def config_topic(self) -> str:
        """Where the server configures."""
        return self._topic(Channel.CONFIG)

    def state(self, *, online: bool = True) -> bytes:
        """The payload that says whether this gateway is there."""
        standing = self.standing()
        return encode(
            GatewayState(
                org=self.gateway.org,
                store=self.gateway.store,
                gateway=self.gateway.gateway,
                online=online,
                boot_id=self.boot_id,
                config_version=standing.version,
                confirmed=standing.confirmed,
                refused_version=standing.refused_version,
            )
        )

    def _topic(self, channel: Channel) -> str:
        return gateway_topic(
            channel, org=self.gateway.org, store=self.gateway.store, gateway=self.gateway.gateway
        )


def client_id_of(
    gateway: GatewaySettings, mqtt: MqttSettings, *, user: str, client_suffix: str
) -> str:
    """The MQTT client id.

    A broker disconnects whoever holds a client id when another one connects with it. So it must
    not be guessable: it ends in the spool's 128 random bits. A broker that binds the client
    id to the user (Mosquitto's `use_username_as_clientid`) wants the user name instead.
    """
    if mqtt.client_id_from_user:
        return user
    return f"{mqtt.client_id_prefix or gateway.gateway + '-'}{client_suffix}"
