"""What keeps a campaign from being too much: caps, pauses, coming back, and how sure of the place.

Caps per visit and per day stand in the campaign itself; here is what most campaigns leave alone.
"""

from dataclasses import dataclass
from enum import StrEnum

from store_server.offers.channel import ReadingChannel
from store_server.offers.field_checks import require

CODE = "bad_campaign"
DAY_S = 86_400


class Reentry(StrEnum):
    """When a shopper who had the campaign may have it again; caps hold beside it."""

    ALWAYS = "always"
    NEVER = "never"
    PER_VISIT = "per_visit"
    PER_DAY = "per_day"
    AFTER_DAYS = "after_days"


@dataclass(frozen=True, slots=True)
class CampaignLimits:
    """The finer limits of a campaign.

    cap_per_week: how often in seven local days, today included; None = no limit.
    cooldown_s: how long it is silent after the shopper dismissed it.
    reentry / reentry_days: `after_days` counts local days since it was last shown.
    budget_redemptions: coupons open and redeemed at most; None = no limit.
    channels: by which it may be told; empty = every one but screens.
    min_confidence_bp: how sure presence must be of the zone, in basis points; 0 = any.
    """

    cap_per_week: int | None = None
    cooldown_s: int = 0
    reentry: Reentry = Reentry.ALWAYS
    reentry_days: int | None = None
    min_confidence_bp: int = 0
    budget_redemptions: int | None = None
    channels: frozenset[ReadingChannel] = frozenset()

    def may_use(self, channel: ReadingChannel) -> bool:
        """Whether it may be told by this channel; the app asks, and staff are called, always."""
        if channel in (ReadingChannel.APP, ReadingChannel.STAFF):
            return True
        return channel in self.channels if self.channels else channel is not ReadingChannel.KIOSK

    def check(self, where: str) -> None:
        """Nothing when each number can be.

        Raises:
            Unprocessable: one cannot; the text says which, after `where`.
        """
        for name, number, least, most in (
            ("cap_per_week", self.cap_per_week, 1, 1000),
            ("cooldown_s", self.cooldown_s, 0, 366 * DAY_S),
            ("reentry_days", self.reentry_days, 1, 366),
            ("min_confidence_bp", self.min_confidence_bp, 0, 10_000),
            ("budget_redemptions", self.budget_redemptions, 0, 10**9),
        ):
            require(
                number is None or least <= number <= most,
                where=f"{where}: {name}",
                value=number,
                expected=f"{least}..{most}",
                code=CODE,
            )
        needs_days = self.reentry is Reentry.AFTER_DAYS
        require(
            needs_days == (self.reentry_days is not None),
            where=f"{where}: reentry_days",
            value=self.reentry_days,
            expected="a number of days with reentry after_days" if needs_days else "absent",
            code=CODE,
        )


NO_LIMITS = CampaignLimits()
