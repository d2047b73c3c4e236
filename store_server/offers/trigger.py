"""What asks for a decision: a zone entered, a stay long enough, a visit begun, or the app itself.

A rule (`TriggerRule`) stands in a campaign and says what it listens to; a `Trigger` happened.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store_server.ids import ShopperId, ZoneId, natural_id
from store_server.offers.field_checks import require

CODE = "bad_trigger"


class TriggerKind(StrEnum):
    """The kinds of things that ask."""

    ZONE_ENTER = "zone_enter"
    ZONE_DWELL = "zone_dwell"
    STORE_ENTER = "store_enter"
    PULL = "pull"


@dataclass(frozen=True, slots=True)
class TriggerRule:
    """What a campaign listens to.

    zone: None = any zone. dwell_s: for zone_dwell only, how long a stay counts.
    """

    kind: TriggerKind
    zone: ZoneId | None = None
    dwell_s: int | None = None

    def __post_init__(self) -> None:
        if self.kind is TriggerKind.ZONE_DWELL:
            require(
                self.dwell_s is not None and 1 <= self.dwell_s <= 3600,
                where="trigger: dwell_s",
                value=self.dwell_s,
                expected="1..3600 seconds for kind zone_dwell",
                code=CODE,
            )
        else:
            require(
                self.dwell_s is None,
                where="trigger: dwell_s",
                value=self.dwell_s,
                expected=f"absent for kind {self.kind}",
                code=CODE,
            )
        require(
            self.zone is None or self.kind is not TriggerKind.STORE_ENTER,
            where="trigger: zone",
            value=self.zone,
            expected="absent for kind store_enter",
            code=CODE,
        )

    def matches(self, trigger: "Trigger") -> bool:
        """Whether this trigger is what the rule listens to.

        A pull asks "what is there for me here": every rule answers it whose zone is the
        shopper's, whatever its kind, so that push and pull make the same choice.
        """
        if self.zone is not None and self.zone != trigger.zone:
            return False
        if trigger.kind is TriggerKind.PULL:
            return True
        if self.kind is not trigger.kind:
            return False
        return self.dwell_s is None or trigger.dwell_s == self.dwell_s


@dataclass(frozen=True, slots=True)
class Trigger:
    """Something that asked, once.

    id: natural (see `trigger_id`), so that a replay asks the same question, not a second one.
    event_id: the zone event, visit or request behind it. dwell_s: the mark that was reached.
    """

    id: str
    kind: TriggerKind
    shopper: ShopperId
    zone: ZoneId | None
    at: datetime
    event_id: str
    visit_id: str | None = None
    dwell_s: int | None = None

    @property
    def asks(self) -> tuple[object, ...]:
        """All that `TriggerRule.matches` looks at: triggers that ask alike are answered alike."""
        return (self.kind, self.zone, self.dwell_s)


def trigger_id(kind: TriggerKind, *parts: str) -> str:
    """The name of the trigger of this kind raised by what `parts` name."""
    return natural_id("trigger", kind.value, *parts)


def pull_trigger(
    *,
    org: str,
    store: str,
    shopper: ShopperId,
    request_id: str,
    at: datetime,
    zone: ZoneId | None,
    visit_id: str | None,
) -> Trigger:
    """The question that an app asks; the same `request_id` of a shopper is the same question."""
    return Trigger(
        id=trigger_id(TriggerKind.PULL, org, store, shopper, request_id),
        kind=TriggerKind.PULL,
        shopper=shopper,
        zone=zone,
        at=at,
        event_id=request_id,
        visit_id=visit_id,
    )
