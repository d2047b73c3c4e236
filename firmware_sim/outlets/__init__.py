"""Where the simulated shop meets real programs: radio feed, HTTP API, webhook receiver.

The adapters of `firmware_sim.ports`. They share no code with the programs that they speak to:
a fault on one side must not be cancelled by the same fault on the other.
"""

from firmware_sim.outlets.broker_line import BrokerLine
from firmware_sim.outlets.feed import UnixFeed
from firmware_sim.outlets.guide_line import GuideLine
from firmware_sim.outlets.receiver import WebhookReceiver
from firmware_sim.outlets.store_client import StoreClient, StoreKeys

__all__ = ["BrokerLine", "GuideLine", "StoreClient", "StoreKeys", "UnixFeed", "WebhookReceiver"]
