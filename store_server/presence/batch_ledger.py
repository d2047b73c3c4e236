"""Which batches of one spool are taken: the memory behind "exactly once".

A gateway numbers its batches from 1 for each spool. Everything up to `through_seq` is taken,
lost with a reason, or refused; batches that overtook a missing one stand in `ahead` as ranges.
The gateway sends what is not acknowledged again, so a gap closes by itself. A gap that a
gateway can no longer close (it gave the batch away to a database that was since restored from
an older copy) would block the spool for ever: when more than `MAX_AHEAD` batches have overtaken
it, the gap is given up and counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

# A gateway resends within minutes; 2,000 batches of 1 s are more than half an hour.
MAX_AHEAD = 2_000
MAX_RANGES = 200
# Enough to tell a gateway after a reconnect; through_seq passes them in any case.
KEPT_REFUSED = 64

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class BatchLedger:
    """What is taken of one spool.

    `lost` counts sequence numbers that the gateway explained as shed, `given_up` those that
    nobody explained; `refused` are the newest quarantined ones, upwards.
    """

    spool_id: str
    through_seq: int = 0
    ahead: tuple[Range, ...] = ()
    lost: int = 0
    given_up: int = 0
    refused: tuple[int, ...] = ()

    def seen(self, seq: int) -> bool:
        """Whether batch `seq` was taken or passed before.

        Example:
            >>> BatchLedger("s", through_seq=3).seen(3)
            True
        """
        if seq <= self.through_seq:
            return True
        return any(first <= seq <= last for first, last in self.ahead)

    def take(self, seq: int, *, lost: Iterable[Range] = ()) -> "BatchLedger":
        """The ledger after batch `seq`, before which `lost` was shed."""
        through, ahead = _absorb(self.through_seq, [*self.ahead, *lost])
        explained = _covered(through, ahead) - _covered(self.through_seq, self.ahead)
        through, ahead = _absorb(through, [*ahead, (seq, seq)])
        given_up = 0
        while ahead and (len(ahead) > MAX_RANGES or _covered(through, ahead) - through > MAX_AHEAD):
            given_up += ahead[0][0] - through - 1
            through, ahead = _absorb(ahead[0][1], ahead[1:])
        return replace(
            self,
            through_seq=through,
            ahead=tuple(ahead),
            lost=self.lost + explained,
            given_up=self.given_up + given_up,
        )

    def refuse(self, seq: int, *, lost: Iterable[Range] = ()) -> "BatchLedger":
        """The ledger after batch `seq` was put into quarantine: passed like a taken one."""
        taken = self.take(seq, lost=lost)
        refused = tuple(sorted({*self.refused, seq}))[-KEPT_REFUSED:]
        return replace(taken, refused=refused)


def _absorb(through: int, ranges: Iterable[Range]) -> tuple[int, list[Range]]:
    """Merge ranges; those that touch `through` raise it."""
    rest: list[Range] = []
    for first, last in sorted(ranges):
        if first <= through + 1:
            through = max(through, last)
        elif rest and first <= rest[-1][1] + 1:
            rest[-1] = (rest[-1][0], max(rest[-1][1], last))
        else:
            rest.append((first, last))
    return through, rest


def _covered(through: int, ranges: Iterable[Range]) -> int:
    return through + sum(last - first + 1 for first, last in ranges)
