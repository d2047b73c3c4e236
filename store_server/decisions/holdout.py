"""Who is shown nothing, so that the effect of showing can be measured at the till.

The draw is a hash of the household where it is known, else the shopper: members of one household
share a fridge, so they must share an arm. It needs no state, comes out the same in every store
and at every replay, and is made before any offer is looked at.
"""

import hashlib

from store_server.decisions.decision import Arm
from store_server.decisions.policy import FULL_BP, DecisionPolicy
from store_server.ids import HouseholdId, OrgId, ShopperId
from store_server.offers.campaign import Campaign


def arm_of(
    shopper: ShopperId, household: HouseholdId | None, *, org: OrgId, policy: DecisionPolicy
) -> Arm:
    """The arm of the household, or of the shopper who has none.

    Salted with organisation, salt and policy version, so that the unlucky ones of one experiment
    are not those of the next.
    """
    key = ("holdout", org, policy.holdout_salt, policy.version)
    drawn_bp = _drawn_bp(*key, shopper=shopper, household=household)
    return Arm.HOLDOUT if drawn_bp < policy.holdout_bp else Arm.OFFER


def is_held_back(
    campaign: Campaign, shopper: ShopperId, household: HouseholdId | None, *, org: OrgId
) -> bool:
    """Whether this household, or this shopper who has none, is shown nothing of the campaign.

    Salted with the campaign, so that it is independent of the arm and of other campaigns.
    """
    if not campaign.holdout_bp:
        return False
    key = ("campaign holdout", org, campaign.id)
    return _drawn_bp(*key, shopper=shopper, household=household) < campaign.holdout_bp


def _drawn_bp(*key: str, shopper: ShopperId, household: HouseholdId | None) -> int:
    unit = f"h:{household}" if household is not None else f"s:{shopper}"
    digest = hashlib.blake2b("\x1f".join((*key, unit)).encode(), digest_size=8).digest()
    # 2^64 is no multiple of 10,000; the error is below 1e-15 of a basis point.
    return int.from_bytes(digest, "big") % FULL_BP
