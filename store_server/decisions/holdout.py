"""Who is shown nothing, so that the effect of showing can be measured at the till.

The draw is a hash of the household where it is known, else the shopper: members of one household
share a fridge, so they must share an arm. It needs no state, comes out the same in every store
and at every replay, and is made before any offer is looked at.
"""

import hashlib

from store_server.decisions.decision import Arm
from store_server.decisions.policy import FULL_BP, DecisionPolicy
from store_server.ids import HouseholdId, OrgId, ShopperId


def arm_of(
    shopper: ShopperId, household: HouseholdId | None, *, org: OrgId, policy: DecisionPolicy
) -> Arm:
    """The arm of the household, or of the shopper who has none.

    Salted with organisation, salt and policy version, so that the unlucky ones of one experiment
    are not those of the next.
    """
    unit = f"h:{household}" if household is not None else f"s:{shopper}"
    key = "\x1f".join(("holdout", org, policy.holdout_salt, policy.version, unit))
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    # 2^64 is no multiple of 10,000; the error is below 1e-15 of a basis point.
    drawn_bp = int.from_bytes(digest, "big") % FULL_BP
    return Arm.HOLDOUT if drawn_bp < policy.holdout_bp else Arm.OFFER
