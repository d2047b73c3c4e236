"""What past connections say about the next one: when to try, by which MQTT, and whose id it is.

After a loss the first try comes soon, later ones ever more slowly; a broker that refuses our
credentials is asked rarely. A connection that the broker closed without ever being away is
counted as a takeover: somebody else uses our client id. (nats-server lets the loser of a
takeover in again only at its second try, a second later. A broker that restarts within half a
second looks the same.)

MQTT 5 is tried first. A broker that says that it does not speak it is met with 3.1.1 at once,
and from then on; one that hangs up twice without a word is tried with the other version.

Pure: the monotonic time and the randomness of the jitter are arguments.
"""

import logging
import random
from typing import Literal

from edge_agent.backoff import Backoff

logger = logging.getLogger(__name__)

Protocol = Literal["5", "3.1.1"]

# A connection that lived longer was a good one: the next failure starts the backoff anew.
_GOOD_LINK_S = 30.0
# Longer after the broker has closed a connection, the next one says nothing about why.
_TAKEOVER_S = 10.0
_SILENT_HANG_UPS = 2
_OTHER: dict[Protocol, Protocol] = {"5": "3.1.1", "3.1.1": "5"}


class LinkHistory:
    """The connections of one run of the agent."""

    def __init__(
        self,
        *,
        reconnect: Backoff,
        refused_retry: Backoff,
        rng: random.Random,
        protocol: Protocol | None = None,
    ) -> None:
        """Start with none.

        Args:
            reconnect: delays after a loss.
            refused_retry: delays after the broker has refused us.
            rng: draws the jitter.
            protocol: the only MQTT that is spoken; None to find out.
        """
        self._reconnect = reconnect
        self._refused_retry = refused_retry
        self._rng = rng
        self._fixed = protocol is not None
        self._failures = 0
        self._silent_hang_ups = 0
        self._closed_by_peer_s: float | None = None
        self.protocol: Protocol = protocol or "5"
        self.up_since_s: float | None = None
        self.connects = 0
        self.takeovers = 0

    def note_up(self, now_s: float) -> None:
        """The broker has accepted us."""
        closed_s, self._closed_by_peer_s = self._closed_by_peer_s, None
        if closed_s is not None and now_s - closed_s <= _TAKEOVER_S:
            self.takeovers += 1
            logger.warning(
                "broker closed the connection and took the next one at once: does another "
                "gateway use this client id? takeovers=%d",
                self.takeovers,
            )
        self._silent_hang_ups = 0
        self.up_since_s = now_s
        self.connects += 1
        logger.info("connected to the broker: mqtt=%s connects=%d", self.protocol, self.connects)

    def note_down(
        self, now_s: float, *, reason: str, refused: bool, by_peer: bool, other_protocol: bool
    ) -> float:
        """The connection is over, or never was: how long to wait before the next, in seconds."""
        if other_protocol and not self._fixed and self._turn_to_other(refused=refused):
            return 0.0
        lived_s = now_s - self.up_since_s if self.up_since_s is not None else 0.0
        self._failures = 1 if lived_s >= _GOOD_LINK_S else self._failures + 1
        backoff = self._refused_retry if refused else self._reconnect
        delay_s = backoff.delay_s(self._failures, self._rng)
        if self.up_since_s is not None or self._failures == 1:
            logger.warning("not connected: reason=%s retry_s=%.1f", reason, delay_s)
        elif refused:
            logger.error(
                "not connected: reason=%s retry_s=%.1f; check [mqtt] username, password_file, "
                "TLS files, and the gateway's rights on the broker",
                reason,
                delay_s,
            )
        if not by_peer:
            self._closed_by_peer_s = None
        elif self.up_since_s is not None:
            self._closed_by_peer_s = now_s
        self.up_since_s = None
        return delay_s

    def _turn_to_other(self, *, refused: bool) -> bool:
        """Whether the other version is to be tried at once."""
        self._silent_hang_ups += 1
        if not refused and self._silent_hang_ups < _SILENT_HANG_UPS:
            return False
        self._silent_hang_ups = 0
        self.protocol = _OTHER[self.protocol]
        logger.info("broker does not take this version, trying mqtt=%s", self.protocol)
        return refused
