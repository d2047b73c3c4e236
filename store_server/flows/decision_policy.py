"""What of a store's settings its decisions go by."""

from store_server.decisions.policy import DecisionPolicy, Objectives
from store_server.flows.rooms import Policy


def decision_policy(policy: Policy) -> DecisionPolicy:
    """The store's settings as far as a decision goes by them."""
    return DecisionPolicy(
        version=policy.policy_version,
        holdout_bp=policy.holdout_bp,
        holdout_salt=policy.holdout_salt,
        cap_per_visit=policy.cap_per_visit,
        cap_per_day=policy.cap_per_day,
        fatigue_minor=policy.fatigue_minor,
        cap_per_week=policy.cap_per_week,
        channel_caps=policy.channel_caps,
        quiet_hours=policy.quiet_hours,
        silent_zone_kinds=policy.silent_zone_kinds,
        value_floor_minor=policy.value_floor_minor,
        explore_bp=policy.explore_bp,
        discovery_every=policy.discovery_every,
        repeats_in_visit=policy.repeats_in_visit,
        category_share_bp=policy.category_share_bp,
        objectives=Objectives(
            efficiency_bp=policy.efficiency_bp,
            growth_bp=policy.growth_bp,
            retention_bp=policy.retention_bp,
            loyalty_bp=policy.loyalty_bp,
        ),
    )
