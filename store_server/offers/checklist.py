"""What must hold before a campaign speaks, each item checked by the machine.

Required items stop it; the others are advice. What only the texts of sampled shoppers can tell is
added by the flow (`flows.check_campaign`).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from store_server.ids import OfferId, ZoneId
from store_server.offers.campaign import Campaign
from store_server.offers.offer import Offer


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line of the checklist.

    finding: what was found. to_do: what to do about it; "" when it has passed.
    """

    name: str
    passed: bool
    finding: str
    to_do: str = ""
    is_required: bool = True

    @property
    def stops(self) -> bool:
        """Whether this alone keeps the campaign from going live."""
        return self.is_required and not self.passed


def item(name: str, passed: bool, *, found: str, to_do: str, is_required: bool = True) -> CheckItem:
    """The item; `to_do` is said only when it has not passed."""
    return CheckItem(name, passed, found, "" if passed else to_do, is_required)


def essentials(campaign: Campaign) -> Iterator[CheckItem]:
    """Goal, smallest useful effect, end: without them nobody could say what it was worth."""
    goal, effect, end = campaign.goal, campaign.smallest_effect_bp, campaign.ends_at
    yield item(
        "goal",
        goal is not None,
        found=f"goal is {goal.value if goal else 'missing'}",
        to_do="name what it is to move: purchases, margin, redemptions or visits",
    )
    yield item(
        "smallest_effect",
        effect is not None,
        found="smallest_effect_bp is missing"
        if effect is None
        else f"an effect from {effect / 100:g} points on is worth having",
        to_do="say in smallest_effect_bp from which effect on it is worth having (300 = 3 points)",
    )
    yield item(
        "end_date",
        end is not None,
        found=f"ends at {end.isoformat()}" if end else "ends_at is missing",
        to_do="give it an end: ends_at",
    )


def checklist(
    campaign: Campaign,
    *,
    offers: Mapping[OfferId, Offer],
    zones: Collection[ZoneId],
    language: str,
    at: datetime,
) -> list[CheckItem]:
    """All that can be told without looking at shoppers, in a fixed order.

    Args:
        campaign: as it shall go live.
        offers: those of the organisation.
        zones: of the store.
        language: the store's default: whoever's own is not known reads it.
        at: now; a window that is over has not passed.
    """
    named = [offers[name] for name in campaign.offers_named() if name in offers]
    zone = campaign.trigger.zone
    over = campaign.ends_at is not None and campaign.ends_at <= at
    speechless = [one.id for one in named if one.creative_in(language) is None]
    return [
        *essentials(campaign),
        item(
            "window",
            not over,
            found="its end has passed" if over else "its end is to come",
            to_do="move ends_at into the future",
        ),
        _validity(campaign, named, at=at),
        item(
            "zone",
            zone is None or zone in zones,
            found=f"zone is {zone}" if zone else "any zone will do",
            to_do=f"name one of {', '.join(sorted(zones)) or 'the zones of a plan: load one'}",
        ),
        item(
            "language",
            not speechless,
            found=f"without words in {language}: {', '.join(speechless) or 'no offer'}",
            to_do=f"write a creative in {language} for each of them",
        ),
        _budget(campaign, named),
    ]


def _validity(campaign: Campaign, named: Iterable[Offer], *, at: datetime) -> CheckItem:
    start = max(at, campaign.starts_at) if campaign.starts_at else at
    dead = [
        one.id
        for one in named
        if (one.valid_until is not None and one.valid_until <= start)
        or (one.valid_from and campaign.ends_at and one.valid_from >= campaign.ends_at)
    ]
    return item(
        "offers_valid",
        not dead,
        found=f"not valid while it runs: {', '.join(dead) or 'none'}",
        to_do="move valid_from and valid_until of these offers, or take them out",
    )


def _budget(campaign: Campaign, named: Iterable[Offer]) -> CheckItem:
    costs = any(one.face_value_minor > 0 for one in named)
    limited = campaign.budget_issues is not None or campaign.budget_minor is not None
    return item(
        "budget",
        limited or not costs,
        found="it is limited" if limited else "nothing limits what it gives away",
        to_do="set budget_minor or budget_issues",
        is_required=False,
    )
