"""How often something secret was told wrongly of late: what bounds guessing."""

from dataclasses import dataclass, field

from store_server.errors import TooMany

# Guessing a 12-character password or a 100-bit code at this rate takes longer than the universe
# is old, and a person who mistypes is not kept waiting.
FAILURES_ALLOWED = 10
FAILURES_WINDOW_S = 60.0


@dataclass(slots=True)
class FailureCount:
    """How often a password, link or code was wrong of late, whoever tried."""

    text: str = "too many failed logins; wait a minute"
    code: str = "too_many_logins"
    failed_at: list[float] = field(default_factory=list)

    def begin(self, now_s: float) -> None:
        """Count a try as failed while there were few; `succeed` takes it back.

        Counted before the outcome is known: of many tries at once no more get through.

        Raises:
            TooMany: there were many within the last minute.
        """
        self.failed_at = [at for at in self.failed_at if now_s - at < FAILURES_WINDOW_S]
        if len(self.failed_at) >= FAILURES_ALLOWED:
            raise TooMany(self.text, code=self.code)
        self.failed_at.append(now_s)

    def succeed(self, began_s: float) -> None:
        """The try that began then was right."""
        if began_s in self.failed_at:
            self.failed_at.remove(began_s)
