"""Which batches were handed to the broker and still wait for the server's word (go-back-N).

Batches go out in order, at most `most` of them unacknowledged. The server's acknowledgement
is cumulative. When none makes progress for a while, everything from the first unacknowledged
batch on is sent again; the wait grows with each round, and shrinks to the first
value as soon as there is progress.

A batch that the server does not take must not block the queue for ever. So the *head* (the first
unacknowledged batch) is refused after `refuse_after` rounds in which the server was heard but did
not cover it: a dead server refuses nobody, because it is not heard.

Pure: the monotonic time and the randomness of the jitter are arguments.
"""

import random
from collections import deque

from edge_agent.backoff import Backoff


class InFlight:
    """State of one gateway's delivery to the server."""

    def __init__(self, *, most: int, waits: Backoff, refuse_after: int, rng: random.Random) -> None:
        """Start with nothing in flight.

        Args:
            most: batches that may be unacknowledged at once.
            waits: how long to wait for progress before sending again.
            refuse_after: rounds after which the head is given up.
            rng: draws the jitter.
        """
        self._most = most
        self._waits = waits
        self._refuse_after = refuse_after
        self._rng = rng
        self._sent: deque[int] = deque()
        self._rounds = 0
        self._head: int | None = None
        self._head_refusals = 0
        self._server_heard = False
        self.acked_seq = 0
        self.resend_at_s: float | None = None

    @property
    def room(self) -> int:
        """Batches that may be sent now."""
        return self._most - len(self._sent)

    @property
    def last_sent_seq(self) -> int:
        """The last number sent since the last rewind; what follows it is to be sent next."""
        return self._sent[-1] if self._sent else self.acked_seq

    @property
    def waiting(self) -> bool:
        """Whether anything was sent that the server has not acknowledged."""
        return bool(self._sent)

    def note_sent(self, seq: int, now_s: float) -> None:
        """Batch `seq` was handed to the broker."""
        self._sent.append(seq)
        if self.resend_at_s is None:
            self._wait(now_s)

    def note_ack(self, through_seq: int, now_s: float) -> None:
        """The server has everything up to `through_seq`."""
        if through_seq <= self.acked_seq:
            self._server_heard = True
            return
        self.acked_seq = through_seq
        while self._sent and self._sent[0] <= through_seq:
            self._sent.popleft()
        self._rounds = 0
        self._server_heard = False
        self.resend_at_s = None
        if self._sent:
            self._wait(now_s)

    def rewind_if_due(self, now_s: float) -> int | None:
        """Start another round when the wait is over.

        Returns:
            The number of the head when the server has refused it often enough, else None.
        """
        if self.resend_at_s is None or now_s < self.resend_at_s:
            return None
        head = self._sent[0] if self._sent else None
        if head != self._head:
            self._head, self._head_refusals = head, 0
        if self._server_heard:
            self._head_refusals += 1
        refused = self._head_refusals >= self._refuse_after
        self._rounds += 1
        self.rewind()
        return head if refused else None

    def rewind(self) -> None:
        """Everything that is unacknowledged is to be sent again, at once."""
        self._sent.clear()
        self._server_heard = False
        self.resend_at_s = None

    def _wait(self, now_s: float) -> None:
        self.resend_at_s = now_s + self._waits.delay_s(self._rounds + 1, self._rng)
