"""One adapter for each way out. What they share is small: a claim in, an outcome out.

`tests/store_server/outbox/channels/test_contract.py` says what every adapter must do, and asks each
of them, against a real counterpart.
"""

from typing import Protocol

from store_server.outbox.attempt import AttemptOutcome, Claim
from store_server.outbox.flights import Flight


class Channel(Protocol):
    """The port: tries once, answers always, and never raises for what a receiver does."""

    def send(self, claim: Claim, flight: Flight) -> AttemptOutcome:
        """What came of one try to deliver `claim`; called by several threads at once.

        - It ends in time: with what the channel was given as its time-out, and some tenths.
        - Whatever hands something of the notification out does so inside `flight.leaving()`, and a
          recalled flight ends within two seconds with `Verdict.RECALLED`.
        - `claim.notification` goes with it wherever the receiver can see it, the same at each try.
        - A refusal for good is told from one that may pass: REFUSED, CONTACT_GONE, ENDPOINT_GONE.
        - The outcome's texts are of `answer_text`: they name nobody.
        """
        ...

    def close(self) -> None:
        """End its connections."""
        ...


__all__ = ["Channel"]
