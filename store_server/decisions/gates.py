"""The gates, in their fixed order: cheap and legal first, money last.

Each function walks its part of the order and answers the first gate that refuses, or None.
"""

from store_server.decisions.frequency_cap import Shown
from store_server.decisions.policy import DecisionPolicy
from store_server.decisions.reason import Reason
from store_server.decisions.request import DecisionRequest
from store_server.offers.budget import BudgetUse, allows
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.offer import Offer
from store_server.offers.opening import LocalTime

_NOTHING_YET = BudgetUse()


def refuse_shopper(request: DecisionRequest, policy: DecisionPolicy) -> Reason | None:
    """What forbids any offer to this shopper now, before campaigns are looked at."""
    if request.silenced:
        return Reason.KILL_SWITCH
    if not request.offers_allowed:
        return Reason.NO_CONSENT_OFFERS
    if request.shown.in_visit_total >= policy.cap_per_visit:
        return Reason.SHOPPER_CAP_VISIT
    if request.shown.today_total >= policy.cap_per_day:
        return Reason.SHOPPER_CAP_DAY
    return None


def refuse_campaign(
    campaign: Campaign, request: DecisionRequest, clock: LocalTime
) -> Reason | None:
    """What forbids this campaign to speak now, before its offers are looked at.

    Args:
        campaign: who wants to speak.
        request: who is asked about.
        clock: the store's wall clock at the request's instant; read once for all campaigns.
    """
    if campaign.state is not CampaignState.LIVE:
        return Reason.CAMPAIGN_NOT_LIVE
    if not campaign.is_running_at(request.at):
        return Reason.OUTSIDE_WINDOW
    if not campaign.is_open_at(clock):
        return Reason.OUTSIDE_HOURS
    if not campaign.trigger.matches(request.trigger):
        return Reason.TRIGGER_MISMATCH
    return _refuse_by_cap(campaign, request.shown)


def refuse_offer(offer: Offer, *, campaign: Campaign, request: DecisionRequest) -> Reason | None:
    """What forbids this offer of an admitted campaign, before its value is computed."""
    if not offer.is_valid_at(request.at):
        return Reason.OFFER_NOT_VALID
    use = request.budgets.get(campaign.id, _NOTHING_YET)
    if not allows(campaign, use, face_value_minor=offer.face_value_minor):
        return Reason.BUDGET_EXHAUSTED
    if offer.creative_in(request.language) is None:
        return Reason.NO_CREATIVE
    return None


def _refuse_by_cap(campaign: Campaign, shown: Shown) -> Reason | None:
    if shown.in_visit.get(campaign.id, 0) >= campaign.cap_per_visit:
        return Reason.CAP_VISIT
    if shown.today.get(campaign.id, 0) >= campaign.cap_per_day:
        return Reason.CAP_DAY
    return None
