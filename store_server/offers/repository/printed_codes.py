"""The codes that a store has printed, in the database."""

from collections.abc import Collection

from sqlalchemy import delete
from sqlmodel import Session, col, select

from store_server.database import upsert
from store_server.ids import CampaignId, Scope, ZoneId
from store_server.offers.printed_code import PrintedCode
from store_server.offers.tables import PrintedCodeRow
from store_server.offers.trigger import Placement


class PrintedCodeRepository:
    """The printed codes of one store."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def all(self) -> list[PrintedCode]:
        """Every code, in order."""
        rows = self._session.exec(
            select(PrintedCodeRow)
            .where(PrintedCodeRow.org == self._scope.org, PrintedCodeRow.store == self._scope.store)
            .order_by(col(PrintedCodeRow.code))
        )
        return [_code(row) for row in rows]

    def of(self, codes: Collection[str]) -> dict[str, PrintedCode]:
        """The known ones of these codes."""
        rows = self._session.exec(
            select(PrintedCodeRow).where(
                PrintedCodeRow.org == self._scope.org,
                PrintedCodeRow.store == self._scope.store,
                col(PrintedCodeRow.code).in_(list(codes)),
            )
        )
        return {row.code: _code(row) for row in rows}

    def save(self, code: PrintedCode) -> None:
        """Keep a code, in the place of what it meant before."""
        row: dict[str, object] = {
            "org": self._scope.org,
            "store": self._scope.store,
            "code": code.code,
            "placement": code.placement.value,
            "zone": code.zone,
            "campaign": code.campaign,
        }
        upsert(self._session, PrintedCodeRow, [row], keys=["org", "store", "code"])
        self._session.expire_all()

    def remove(self, code: str) -> bool:
        """Let a code mean nothing any more; whether it meant something."""
        gone = self._session.connection().execute(
            delete(PrintedCodeRow).where(
                col(PrintedCodeRow.org) == self._scope.org,
                col(PrintedCodeRow.store) == self._scope.store,
                col(PrintedCodeRow.code) == code,
            )
        )
        return bool(gone.rowcount)


def _code(row: PrintedCodeRow) -> PrintedCode:
    return PrintedCode(
        row.code,
        Placement(row.placement),
        None if row.zone is None else ZoneId(row.zone),
        None if row.campaign is None else CampaignId(row.campaign),
    )
