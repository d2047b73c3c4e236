"""Activity: decisions with why, and the audit log."""

from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from store_server.decisions.decision import Outcome
from store_server.decisions.plural import spoken
from store_server.entrypoints.console.board_view import OUTCOME_TEXTS
from store_server.entrypoints.console.cursor import read_cursor, write_cursor
from store_server.entrypoints.console.decision_view import decision_view
from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.visit import PageRoute, Visitor
from store_server.entrypoints.http_auth import Context
from store_server.flows.show_audit import show_audit
from store_server.flows.show_decisions import show_decision, show_decisions
from store_server.shop.audit import Deed

router = APIRouter(route_class=PageRoute)

ROWS = 50
DEED_TEXTS = {
    Deed.SIGNED_IN: N_("Logged in"),
    Deed.USER_SAVED: N_("Changed a user"),
    Deed.USER_INVITED: N_("Let a user in"),
    Deed.KEY_MADE: N_("Made a key"),
    Deed.KEY_REVOKED: N_("Ended a key"),
    Deed.WEBHOOK_CHANGED: N_("Changed a webhook"),
    Deed.GATEWAY_CODE: N_("Made a code for a gateway"),
    Deed.GATEWAY_CUT_OFF: N_("Cut a gateway off"),
    Deed.PLACE_ACCEPTED: N_("Accepted a place"),
    Deed.STORE_SAVED: N_("Changed the store's name or hours"),
    Deed.PLAN_PUBLISHED: N_("Published a plan"),
    Deed.SHOPPER_LOOKED_AT: N_("Looked at a shopper"),
    Deed.SHOPPER_EXPORTED: N_("Exported a shopper's data"),
    Deed.SHOPPER_ERASED: N_("Erased a shopper"),
    Deed.MARKETING_STOPPED: N_("Stopped marketing to a shopper"),
    Deed.OFFER_SAVED: N_("Saved an offer"),
    Deed.SEGMENT_SAVED: N_("Saved a segment"),
    Deed.CAMPAIGN_SAVED: N_("Saved a campaign"),
    Deed.CAMPAIGN_TESTED: N_("Sent a test of a campaign"),
    Deed.CAMPAIGN_MOVED: N_("Moved a campaign on"),
    Deed.EXPERIMENT_SAVED: N_("Saved an experiment"),
    Deed.EXPERIMENT_STARTED: N_("Started an experiment"),
    Deed.EXPERIMENT_REWEIGHTED: N_("Changed the weights of an experiment"),
    Deed.EXPERIMENT_STOPPED: N_("Stopped an experiment"),
    Deed.DELIVERY_REPLAYED: N_("Sent again"),
    Deed.KILL_SWITCH: N_("Moved the kill switch"),
    Deed.SHOPPER_WALKED: N_("Walked a simulated shopper"),
    Deed.WALK_SCANNED: N_("Scanned a simulated offer"),
}


@router.get("/activity")
async def show_activity(
    visit: Visitor, context: Context, outcome: str = "", before: str = ""
) -> Response:
    """The newest decisions, one line each."""
    wanted = outcome if outcome in set(Outcome) else None
    found = await context.read(
        show_decisions,
        limit=ROWS,
        outcome=wanted,
        before=write_cursor(read_cursor(before)),
        language=visit.language,
    )
    language = spoken(visit.language)
    return visit.page(
        "activity.html",
        rows=[
            decision_view(one, scope=context.scope, language=language) for one in found.decisions
        ],
        zones={zone.id: zone.name for zone in context.rooms.live.plan.zones},
        outcomes=OUTCOME_TEXTS,
        outcome=wanted or "",
        older=list_address("/activity", outcome=wanted, before=found.before),
        newest=list_address("/activity", outcome=wanted) if before else None,
    )


@router.get("/activity/decisions/{decision}")
async def show_decision_page(decision: str, visit: Visitor, context: Context) -> Response:
    """One decision: its sentence, and what each gate said of each offer."""
    found = await context.read(show_decision, decision_id=decision, language=visit.language)
    return visit.page(
        "decision.html",
        one=decision_view(found, scope=context.scope, language=spoken(visit.language)),
        zones={zone.id: zone.name for zone in context.rooms.live.plan.zones},
        outcomes=OUTCOME_TEXTS,
        offers=context.rooms.live.catalogue.offers,
        campaigns=context.rooms.live.catalogue.campaigns,
    )


@router.get("/activity/audit")
async def show_audit_page(
    visit: Visitor, context: Context, who: str = "", before: str = ""
) -> Response:
    """What was done, by whom, and why."""
    found = await context.read(
        show_audit, limit=ROWS, who=who[:64] or None, before=read_cursor(before)
    )
    return visit.page(
        "audit.html",
        entries=found.entries,
        deeds=DEED_TEXTS,
        who=who[:64],
        older=list_address("/activity/audit", who=who, before=write_cursor(found.before)),
        newest=list_address("/activity/audit", who=who) if before else None,
    )


def list_address(path: str, *, before: str | None = "", **asked: str | None) -> str | None:
    """The address of another part of a list; None when `before` says that it ends here."""
    if before is None:
        return None
    pairs = {**asked, "before": before}
    query = urlencode({name: value for name, value in pairs.items() if value})
    return f"{path}?{query}" if query else path
