"""A campaign's way: what may be done with it, its checklist, versions and who did what."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import ConfigDict, Field

from store_server.entrypoints.api.schemas.campaigns import BudgetUseAnswer, CampaignAnswer
from store_server.entrypoints.api.schemas.fields import PRINTABLE, Answer, At, Body
from store_server.offers.campaign import CampaignState
from store_server.offers.lifecycle import Move
from store_server.offers.version_difference import Difference

VersionNumber = Annotated[int, Field(ge=1, le=10**9)]
Note = Annotated[str, Field(max_length=200, pattern=PRINTABLE)]


class BudgetAnswer(Answer):
    """One budget: of a campaign, an offer or the store; null is no limit. Money in minor units."""

    kind: str
    name: str
    limit_issues: int | None
    limit_minor: int | None
    limit_redemptions: int | None
    used: BudgetUseAnswer


class BudgetListAnswer(Answer):
    """Every budget that limits something."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "budgets": [
                        {
                            "kind": "offer",
                            "name": "rye-50",
                            "limit_issues": None,
                            "limit_minor": 50_000,
                            "limit_redemptions": None,
                            "used": {"issues": 12, "reserved_minor": 450, "spent_minor": 150},
                        }
                    ]
                }
            ]
        }
    )

    budgets: list[BudgetAnswer]


class MoveBody(Body):
    """What shall be done with a campaign, and why, in the words of who does it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"move": "pause", "note": "wrong price on the shelf"}]}
    )

    move: Move
    note: Note | None = None


class OneCampaignAnswer(Answer):
    """A campaign as it stands, the moves that are legal, the version that waits for approval."""

    campaign: CampaignAnswer
    moves: list[Move]
    proposed_version: int | None


class CheckItemAnswer(Answer):
    """One line of the checklist; `to_do` is empty when it has passed."""

    name: str
    passed: bool
    required: bool
    finding: str
    to_do: str


class ChecklistAnswer(Answer):
    """What was checked; `is_ready`: every required item has passed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "campaign_id": "bread",
                    "version": 3,
                    "is_ready": False,
                    "items": [
                        {
                            "name": "goal",
                            "passed": False,
                            "required": True,
                            "finding": "goal is missing",
                            "to_do": "name what it is to move",
                        }
                    ],
                }
            ]
        }
    )

    campaign_id: str
    version: int
    is_ready: bool
    items: list[CheckItemAnswer]


class DryRunBody(Body):
    """The past period whose visits are replayed: those that began in [since, until)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"since": "2026-03-02T00:00:00Z", "until": "2026-03-03T00:00:00Z"}]
        }
    )

    since: At
    until: At


class DryRunAnswer(Answer):
    """What would have come of it; `sample` are pseudonyms, `stopped` counts by reason code.

    `is_cut`: there were more questions than were looked at.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "campaign_id": "bread",
                    "version": 3,
                    "asked": 410,
                    "offered": 118,
                    "held_out": 12,
                    "handed_over": 0,
                    "shoppers": 97,
                    "sample": ["k3v9x2aq"],
                    "stopped": {"cap_visit": 201, "no_consent_offers": 79},
                    "expected_redemptions": 31.4,
                    "expected_cost_minor": 1570.0,
                    "is_cut": False,
                }
            ]
        }
    )

    campaign_id: str
    version: int
    asked: int
    offered: int
    held_out: int
    handed_over: int
    shoppers: int
    sample: list[str]
    stopped: dict[str, int]
    expected_redemptions: float
    expected_cost_minor: float
    is_cut: bool


class CampaignVersionAnswer(Answer):
    """One version as it was saved; `approved_by` null: nobody has approved it."""

    campaign: CampaignAnswer
    saved_by: str
    saved_at: At
    approved_by: str | None
    approved_at: At | None


class CampaignVersionListAnswer(Answer):
    """Every version of a campaign, oldest first."""

    versions: list[CampaignVersionAnswer]


class DifferenceAnswer(Answer):
    """One field that two versions have otherwise; null where it is not said."""

    field: str
    before: object
    after: object


class DifferenceListAnswer(Answer):
    """What two versions of a campaign, or of an offer, have otherwise."""

    differences: list[DifferenceAnswer]


def difference_answer(found: Sequence[Difference]) -> DifferenceListAnswer:
    """The answer of these differences."""
    return DifferenceListAnswer(
        differences=[
            DifferenceAnswer(field=one.field, before=one.before, after=one.after) for one in found
        ]
    )


class CampaignEventAnswer(Answer):
    """One thing that was done with a campaign, by whom."""

    action: str
    state_before: CampaignState
    state_after: CampaignState
    version: int
    by: str
    at: At
    note: str


class CampaignEventListAnswer(Answer):
    """What was done with a campaign, oldest first."""

    events: list[CampaignEventAnswer]
