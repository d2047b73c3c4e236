"""A campaign's way to the shoppers: checked, moved from state to state, its versions compared."""

from typing import Annotated

from fastapi import APIRouter, Path

from store_server.entrypoints.api.problems_shown import CHANGING, READING, refusals
from store_server.entrypoints.api.schemas.campaign_records import (
    BudgetAnswer,
    BudgetListAnswer,
    CampaignEventAnswer,
    CampaignEventListAnswer,
    CampaignVersionAnswer,
    CampaignVersionListAnswer,
    CheckItemAnswer,
    ChecklistAnswer,
    DifferenceListAnswer,
    DryRunAnswer,
    DryRunBody,
    MoveBody,
    OneCampaignAnswer,
    VersionNumber,
    difference_answer,
)
from store_server.entrypoints.api.schemas.campaigns import (
    BudgetUseAnswer,
    CampaignAnswer,
    campaign_answer,
)
from store_server.entrypoints.http_auth import Context, OpsCaller
from store_server.flows.check_campaign import check_campaign
from store_server.flows.dry_run_campaign import dry_run_campaign
from store_server.flows.move_campaign import move_campaign
from store_server.flows.show_budgets import show_budgets
from store_server.flows.show_campaign import (
    show_campaign,
    show_campaign_events,
    show_difference,
    show_versions,
)
from store_server.writer import Priority

router = APIRouter(prefix="/v1", tags=["campaigns"], responses={**READING, **refusals(404)})

CampaignPath = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", examples=["bread"])]


@router.get("/budgets")
async def list_budgets(context: Context, _caller: OpsCaller) -> BudgetListAnswer:
    """What the store, campaigns and offers may give away, and have given away."""
    found = await context.read(show_budgets)
    return BudgetListAnswer(
        budgets=[
            BudgetAnswer(
                kind=one.kind,
                name=one.name,
                limit_issues=one.limit.issues,
                limit_minor=one.limit.minor,
                limit_redemptions=one.limit.redemptions,
                used=BudgetUseAnswer.model_validate(one.use),
            )
            for one in found
        ]
    )


@router.get("/campaigns/{campaign_id}")
async def get_campaign(
    campaign_id: CampaignPath, context: Context, _caller: OpsCaller
) -> OneCampaignAnswer:
    """One campaign as it stands, and what may be done with it."""
    shown = await context.read(show_campaign, campaign_id=campaign_id)
    return OneCampaignAnswer(
        campaign=campaign_answer(shown.campaign, shown.use),
        moves=list(shown.moves),
        proposed_version=shown.proposed,
    )


@router.post("/campaigns/{campaign_id}/moves", responses={**CHANGING, **refusals(409)})
async def post_campaign_move(
    campaign_id: CampaignPath, body: MoveBody, context: Context, caller: OpsCaller
) -> CampaignAnswer:
    """Take a campaign on its way; the next decision goes by it.

    On the way to going live its checklist must hold. Where a second person must approve, it is
    not who saved the version.
    """
    moved = await context.write(
        Priority.APP,
        move_campaign,
        campaign_id=campaign_id,
        move=body.move,
        by=caller.name,
        note=body.note or "",
    )
    return campaign_answer(moved, None)


@router.get("/campaigns/{campaign_id}/checklist")
async def get_campaign_checklist(
    campaign_id: CampaignPath, context: Context, _caller: OpsCaller
) -> ChecklistAnswer:
    """What still keeps a campaign from going live, each item with what to do about it."""
    found = await context.read(check_campaign, campaign_id=campaign_id)
    return ChecklistAnswer(
        campaign_id=found.campaign.id,
        version=found.campaign.version,
        is_ready=found.is_ready,
        items=[
            CheckItemAnswer(
                name=one.name,
                passed=one.passed,
                required=one.is_required,
                finding=one.finding,
                to_do=one.to_do,
            )
            for one in found.items
        ],
    )


@router.post("/campaigns/{campaign_id}/dry-run", responses=CHANGING)
async def post_campaign_dry_run(
    campaign_id: CampaignPath, body: DryRunBody, context: Context, _caller: OpsCaller
) -> DryRunAnswer:
    """What the campaign would have done in a past period; nothing is kept and nothing is sent."""
    found = await context.read(
        dry_run_campaign, campaign_id=campaign_id, since=body.since, until=body.until
    )
    return DryRunAnswer(
        campaign_id=found.campaign.id,
        version=found.campaign.version,
        asked=found.asked,
        offered=found.offered,
        held_out=found.held_out,
        handed_over=found.handed_over,
        shoppers=found.shoppers,
        sample=list(found.sample),
        stopped=dict(found.stopped),
        expected_redemptions=found.redemptions,
        expected_cost_minor=found.cost_minor,
        is_cut=found.is_cut,
    )


@router.get("/campaigns/{campaign_id}/versions")
async def list_campaign_versions(
    campaign_id: CampaignPath, context: Context, _caller: OpsCaller
) -> CampaignVersionListAnswer:
    """Every version of a campaign, oldest first; decisions name theirs."""
    found = await context.read(show_versions, campaign_id=campaign_id)
    return CampaignVersionListAnswer(
        versions=[
            CampaignVersionAnswer(
                campaign=campaign_answer(one.campaign, None),
                saved_by=one.saved_by,
                saved_at=one.saved_at,
                approved_by=one.approved_by,
                approved_at=one.approved_at,
            )
            for one in found
        ]
    )


@router.get("/campaigns/{campaign_id}/difference")
async def get_campaign_difference(
    campaign_id: CampaignPath,
    context: Context,
    _caller: OpsCaller,
    before: VersionNumber,
    after: VersionNumber,
) -> DifferenceListAnswer:
    """What two versions of a campaign have otherwise, by field."""
    found = await context.read(show_difference, campaign_id=campaign_id, before=before, after=after)
    return difference_answer(found)


@router.get("/campaigns/{campaign_id}/events")
async def list_campaign_events(
    campaign_id: CampaignPath, context: Context, _caller: OpsCaller
) -> CampaignEventListAnswer:
    """Who did what with a campaign, oldest first."""
    found = await context.read(show_campaign_events, campaign_id=campaign_id)
    return CampaignEventListAnswer(
        events=[
            CampaignEventAnswer(
                action=one.action,
                state_before=one.state_before,
                state_after=one.state_after,
                version=one.version,
                by=one.by,
                at=one.at,
                note=one.note,
            )
            for one in found
        ]
    )
