"""One switch that silences a store: no offer is decided, no notification leaves, until it is off.

It is read from the database at each decision, so it holds at once and for every process that
serves the store, also after a restart.
"""

from dataclasses import dataclass
from datetime import datetime

NOTE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class KillSwitch:
    """Where the switch stands.

    since: when it was last moved; None: never. note: why, in the words of who moved it.
    """

    is_on: bool = False
    since: datetime | None = None
    note: str = ""
