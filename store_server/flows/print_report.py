"""Everything there is to report, on one page."""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.decisions.plural import Language
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_report import show_report
from store_server.flows.show_table import TABLES, Ask, show_table
from store_server.reports.printable import printable


def print_report(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    ask: Ask,
    language: Language = "en",
) -> str:
    """The report as an HTML page. A read flow.

    Raises:
        NotFound: `unknown_campaign`.
    """
    report = show_report(
        uow,
        rooms,
        now=now,
        since=ask.since,
        until=ask.until,
        campaign=ask.campaign,
        language=language,
    )
    tables = [show_table(uow, rooms, now=now, name=name, ask=ask) for name in TABLES]
    return printable(report, tables, language=language)
