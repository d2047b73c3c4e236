"""What a store is called, what time and money it keeps, and when it is open."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from store_server.ids import OrgId, StoreId


@dataclass(frozen=True, slots=True)
class Store:
    """One shop of an organisation; `opens` and `closes` are local times of every day."""

    org: OrgId
    store: StoreId
    name: str
    timezone: str
    currency: str
    opens: time
    closes: time

    def local(self, at: datetime) -> datetime:
        """The instant on the store's own clock."""
        return at.astimezone(ZoneInfo(self.timezone))

    def day(self, at: datetime) -> date:
        """The local day of an instant: what caps per day count by."""
        return self.local(at).date()

    def is_open(self, at: datetime) -> bool:
        """Whether the doors are open; hours that run past midnight are understood."""
        return is_between(self.local(at).time(), self.opens, self.closes)


def is_between(clock: time, opens: time, closes: time) -> bool:
    """Whether a local time lies in opening hours; past midnight too; both the same = always."""
    if opens == closes:
        return True
    if opens < closes:
        return opens <= clock < closes
    return clock >= opens or clock < closes
