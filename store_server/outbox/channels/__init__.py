"""One adapter for each way out. What they share is small: a claim in, an outcome out."""

from typing import Protocol

from store_server.outbox.attempt import AttemptOutcome, Claim
from store_server.outbox.flights import Flight


class Channel(Protocol):
    """The port: tries once, answers always, and never raises for what a receiver does."""

    def send(self, claim: Claim, flight: Flight) -> AttemptOutcome:
        """What came of one try to deliver `claim`; called by several threads at once.

        Whatever hands something of the notification out does so inside `flight.leaving()`, and a
        recalled flight ends within two seconds with `Verdict.RECALLED`.
        """
        ...


__all__ = ["Channel"]
