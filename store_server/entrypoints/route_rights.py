"""Which right each address needs: one table for the console's pages and the API's back office.

The first line that fits wins, so the narrow ones stand first. What no line names needs the right
to administer: a new address is closed until somebody says who it is for.
"""

from dataclasses import dataclass

from store_server.shop.roles import Right

READING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Addresses that begin with `prefix` need `read` to be looked at and `write` for the rest."""

    prefix: str
    read: Right
    write: Right


RULES: tuple[Rule, ...] = (
    # The console's pages.
    # Who may edit a campaign may try it.
    Rule("/live/walk", Right.EDIT_CAMPAIGNS, Right.EDIT_CAMPAIGNS),
    Rule("/live", Right.SEE, Right.ADMINISTER),
    Rule("/plan/", Right.SEE, Right.ADMINISTER),
    Rule("/campaigns/at/{campaign}/move", Right.LAUNCH_CAMPAIGNS, Right.LAUNCH_CAMPAIGNS),
    Rule("/campaigns/new", Right.EDIT_CAMPAIGNS, Right.EDIT_CAMPAIGNS),
    Rule("/campaigns/at/{campaign}/edit", Right.EDIT_CAMPAIGNS, Right.EDIT_CAMPAIGNS),
    Rule("/campaigns/offers/new", Right.EDIT_CAMPAIGNS, Right.EDIT_CAMPAIGNS),
    Rule("/campaigns/experiments/new", Right.EDIT_CAMPAIGNS, Right.EDIT_CAMPAIGNS),
    Rule("/campaigns/experiments/at", Right.SEE, Right.LAUNCH_CAMPAIGNS),
    Rule("/campaigns/segments/new", Right.EDIT_CAMPAIGNS, Right.EDIT_CAMPAIGNS),
    Rule("/campaigns", Right.SEE, Right.EDIT_CAMPAIGNS),
    Rule("/shoppers/why", Right.SEE_DECISIONS, Right.SEE_DECISIONS),
    Rule("/shoppers/looks/{look}/export", Right.CHANGE_SHOPPERS, Right.CHANGE_SHOPPERS),
    Rule("/shoppers/looks/{look}/erasure", Right.CHANGE_SHOPPERS, Right.CHANGE_SHOPPERS),
    Rule("/shoppers/looks/{look}/no-marketing", Right.CHANGE_SHOPPERS, Right.CHANGE_SHOPPERS),
    Rule("/shoppers/looks", Right.SEE_SHOPPERS, Right.SEE_SHOPPERS),
    Rule("/shoppers", Right.SEE, Right.ADMINISTER),
    Rule("/setup", Right.ADMINISTER, Right.ADMINISTER),
    Rule("/store/editor", Right.RUN_STORE, Right.RUN_STORE),
    Rule("/store/signals/recording", Right.RUN_STORE, Right.RUN_STORE),
    Rule("/store", Right.SEE, Right.RUN_STORE),
    Rule("/activity/audit", Right.SEE_AUDIT, Right.ADMINISTER),
    Rule("/activity/tasks", Right.SEE_DECISIONS, Right.WORK_TASKS),
    Rule("/activity", Right.SEE_DECISIONS, Right.RUN_STORE),
    Rule("/settings/language", Right.SEE, Right.SEE),
    Rule("/settings/people", Right.ADMINISTER, Right.ADMINISTER),
    Rule("/settings/keys", Right.ADMINISTER, Right.ADMINISTER),
    Rule("/settings/webhooks", Right.ADMINISTER, Right.ADMINISTER),
    Rule("/settings/system", Right.SEE, Right.RUN_STORE),
    Rule("/settings", Right.SEE, Right.ADMINISTER),
    # The API's back office, where a session asks.
    Rule("/v1/decisions", Right.SEE_SHOPPERS, Right.ADMINISTER),
    Rule("/v1/deliveries", Right.SEE_DECISIONS, Right.RUN_STORE),
    Rule("/v1/staff", Right.SEE_DECISIONS, Right.WORK_TASKS),
    Rule("/v1/report", Right.SEE, Right.ADMINISTER),
    Rule("/v1/reports", Right.SEE, Right.ADMINISTER),
    Rule("/v1/offers", Right.SEE, Right.EDIT_CAMPAIGNS),
    Rule("/v1/campaigns", Right.SEE, Right.LAUNCH_CAMPAIGNS),
    Rule("/v1/experiments", Right.SEE, Right.LAUNCH_CAMPAIGNS),
    Rule("/v1/creatives", Right.SEE, Right.EDIT_CAMPAIGNS),
    Rule("/v1/segments", Right.SEE, Right.EDIT_CAMPAIGNS),
    Rule("/v1/attributes", Right.SEE, Right.EDIT_CAMPAIGNS),
    Rule("/v1/codes", Right.SEE, Right.EDIT_CAMPAIGNS),
    Rule("/v1/products", Right.SEE, Right.EDIT_CAMPAIGNS),
    Rule("/v1/fleet", Right.SEE, Right.RUN_STORE),
    Rule("/v1/beacons", Right.SEE, Right.RUN_STORE),
    Rule("/v1/gateways", Right.SEE, Right.RUN_STORE),
    Rule("/v1/plan", Right.SEE, Right.RUN_STORE),
    Rule("/v1/zones", Right.SEE, Right.RUN_STORE),
    Rule("/v1/stores", Right.SEE, Right.ADMINISTER),
    Rule("/v1/simulation", Right.RUN_STORE, Right.ADMINISTER),
    Rule("/v1/ops", Right.SEE, Right.RUN_STORE),
)


def right_for(method: str, path: str) -> Right:
    """The right that a route needs.

    Args:
        method: of the request.
        path: the route's, with its parameters in braces: `/campaigns/{campaign}`.

    Example:
        >>> right_for("POST", "/v1/offers").value
        'edit_campaigns'
    """
    if path == "/":
        return Right.SEE
    for rule in RULES:
        rest = path.removeprefix(rule.prefix)
        if rest == "" or (rest != path and (rule.prefix.endswith("/") or rest[0] in "/:")):
            return rule.read if method in READING else rule.write
    return Right.ADMINISTER
