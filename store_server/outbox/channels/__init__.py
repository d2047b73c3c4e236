"""One adapter for each way out. What they share is small: a claim in, an outcome out."""

from typing import Protocol

from store_server.outbox.attempt import AttemptOutcome, Claim


class Channel(Protocol):
    """The port: tries once, answers always, and never raises for what a receiver does."""

    def send(self, claim: Claim) -> AttemptOutcome:
        """What came of one try to deliver `claim`; called by several threads at once."""
        ...


__all__ = ["Channel"]
