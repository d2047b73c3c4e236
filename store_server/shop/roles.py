"""Who of the store's people may do what: roles, the rights that each has, and nothing hidden.

A right is asked for by one check, for a page and for the API alike; what each address needs
stands in `entrypoints.route_rights`.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Right(StrEnum):
    """One thing that somebody may or may not do in the console and the back office API."""

    SEE = "see"  # counts, plan, campaigns, results: nobody is named
    EDIT_CAMPAIGNS = "edit_campaigns"
    LAUNCH_CAMPAIGNS = "launch_campaigns"
    SEE_DECISIONS = "see_decisions"  # decisions and deliveries one by one, under pseudonyms
    WORK_TASKS = "work_tasks"  # take and close what is handed over to the staff
    SEE_SHOPPERS = "see_shoppers"  # one shopper's page, for a stated reason
    CHANGE_SHOPPERS = "change_shoppers"  # export, erase, stop marketing
    RUN_STORE = "run_store"  # plan, gateways, beacons, replays, the kill switch
    SEE_AUDIT = "see_audit"
    ADMINISTER = "administer"  # people, keys, webhooks, settings


class Role(StrEnum):
    """What somebody is in the console."""

    MANAGER = "manager"
    MARKETER = "marketer"
    ANALYST = "analyst"
    ADMIN = "admin"


EVERY_RIGHT = frozenset(Right)
RIGHTS_OF: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.MANAGER: EVERY_RIGHT - {Right.ADMINISTER},
        Role.MARKETER: frozenset(
            {Right.SEE, Right.EDIT_CAMPAIGNS, Right.LAUNCH_CAMPAIGNS, Right.SEE_DECISIONS}
        ),
        Role.ANALYST: frozenset({Right.SEE, Right.SEE_DECISIONS}),
        Role.ADMIN: EVERY_RIGHT,
    }
)
