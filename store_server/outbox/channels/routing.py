"""Which adapter a delivery goes by: its way says so; every other way is a webhook endpoint's id."""

from collections.abc import Mapping

from store_server.outbox.attempt import AttemptOutcome, Claim
from store_server.outbox.channels import Channel
from store_server.outbox.flights import Flight


class RoutedChannels:
    """All adapters of a server behind the one port."""

    def __init__(self, webhook: Channel, others: Mapping[str, Channel]) -> None:
        self._webhook = webhook
        self._others = dict(others)

    def send(self, claim: Claim, flight: Flight) -> AttemptOutcome:
        """One try by the adapter of the claim's way."""
        return self._others.get(claim.endpoint, self._webhook).send(claim, flight)

    def close(self) -> None:
        """Close every adapter."""
        for one in (self._webhook, *self._others.values()):
            one.close()
