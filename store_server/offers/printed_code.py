"""A code that the store has printed: at a shelf, on a receipt, on a screen; what its scan means."""

import re
from dataclasses import dataclass

from store_server.errors import Unprocessable
from store_server.ids import CampaignId, ZoneId
from store_server.offers.trigger import Placement

CODE = "bad_code"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,63}")


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """What the scan of a code says.

    code: as it is printed, fit for the end of a web address.
    placement: where the answer is shown.
    zone: where it hangs; None: nowhere in particular.
    campaign: the only one that is asked; None: all that listen.
    """

    code: str
    placement: Placement = Placement.QR
    zone: ZoneId | None = None
    campaign: CampaignId | None = None

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code):
            raise Unprocessable(
                f"code is {self.code[:80]!r}; must be 1 to 64 letters, digits, dots, dashes, "
                "underscores or tildes",
                code=CODE,
            )
