"""Versions of campaigns, and who did what with them, in the database."""

import json
from datetime import datetime

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new
from store_server.ids import CampaignId, Scope
from store_server.offers.campaign import CampaignState
from store_server.offers.campaign_document import read_campaign, write_campaign
from store_server.offers.campaign_record import CampaignEvent, CampaignVersion
from store_server.offers.tables import CampaignEventRow, CampaignVersionRow


class CampaignRecordRepository:
    """What is kept of the organisation's campaigns; written once, never changed."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def add_version(self, version: CampaignVersion) -> bool:
        """Keep a version; False and no change when its number is taken."""
        campaign = version.campaign
        row: dict[str, object] = {
            "org": self._scope.org,
            "campaign": campaign.id,
            "version": campaign.version,
            "document": json.dumps(write_campaign(campaign)),
            "saved_by": version.saved_by,
            "saved_at_ms": to_ms(version.saved_at),
            "approved_by": version.approved_by,
            "approved_at_ms": to_ms(version.approved_at) if version.approved_at else None,
        }
        return bool(insert_new(self._session, CampaignVersionRow, [row]))

    def approve(self, version: CampaignVersion) -> None:
        """Keep who approved a version, and when; both must be given."""
        assert version.approved_at is not None
        self._session.connection().execute(
            update(CampaignVersionRow)
            .where(
                col(CampaignVersionRow.org) == self._scope.org,
                col(CampaignVersionRow.campaign) == version.campaign.id,
                col(CampaignVersionRow.version) == version.campaign.version,
            )
            .values(approved_by=version.approved_by, approved_at_ms=to_ms(version.approved_at))
        )

    def versions(self, campaign: CampaignId) -> list[CampaignVersion]:
        """Every version of a campaign, oldest first."""
        rows = self._session.exec(
            select(CampaignVersionRow)
            .where(
                CampaignVersionRow.org == self._scope.org, CampaignVersionRow.campaign == campaign
            )
            .order_by(col(CampaignVersionRow.version))
            .execution_options(populate_existing=True)
        )
        return [_version(row) for row in rows]

    def log(self, event: CampaignEvent) -> None:
        """Keep what was done, as the next of its campaign."""
        last = self._session.exec(
            select(func.max(col(CampaignEventRow.number))).where(
                CampaignEventRow.org == self._scope.org,
                CampaignEventRow.campaign == event.campaign,
            )
        ).one()
        row: dict[str, object] = {
            "org": self._scope.org,
            "campaign": event.campaign,
            "number": (last or 0) + 1,
            "action": event.action,
            "state_before": event.state_before.value,
            "state_after": event.state_after.value,
            "version": event.version,
            "done_by": event.by,
            "at_ms": to_ms(event.at),
            "note": event.note,
        }
        insert_new(self._session, CampaignEventRow, [row])

    def live_since(self, campaign: CampaignId) -> datetime | None:
        """When it last became live; None when nobody wrote that down."""
        last_ms = self._session.exec(
            select(func.max(col(CampaignEventRow.at_ms))).where(
                CampaignEventRow.org == self._scope.org,
                CampaignEventRow.campaign == campaign,
                CampaignEventRow.state_after == CampaignState.LIVE,
                CampaignEventRow.state_before != CampaignState.LIVE,
            )
        ).one()
        return from_ms(last_ms) if last_ms is not None else None

    def events(self, campaign: CampaignId) -> list[CampaignEvent]:
        """What was done with a campaign, oldest first."""
        rows = self._session.exec(
            select(CampaignEventRow)
            .where(CampaignEventRow.org == self._scope.org, CampaignEventRow.campaign == campaign)
            .order_by(col(CampaignEventRow.number))
        )
        return [
            CampaignEvent(
                CampaignId(row.campaign),
                row.action,
                CampaignState(row.state_before),
                CampaignState(row.state_after),
                row.version,
                row.done_by,
                from_ms(row.at_ms),
                row.note,
            )
            for row in rows
        ]


def _version(row: CampaignVersionRow) -> CampaignVersion:
    return CampaignVersion(
        campaign=read_campaign(json.loads(row.document)),
        saved_by=row.saved_by,
        saved_at=from_ms(row.saved_at_ms),
        approved_by=row.approved_by,
        approved_at=from_ms(row.approved_at_ms) if row.approved_at_ms is not None else None,
    )
