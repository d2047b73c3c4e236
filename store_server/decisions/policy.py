"""The numbers that a decision goes by, beside what the campaign itself says."""

from dataclasses import dataclass

FULL_BP = 10_000


@dataclass(frozen=True, slots=True)
class DecisionPolicy:
    """One version of the rules; stands in each decision by its `version`.

    holdout_bp: share of households that are shown nothing, in basis points.
    holdout_salt: a new one draws the holdout anew.
    cap_per_visit / cap_per_day: offers of all campaigns together that a shopper gets at most.
    fatigue_minor: what each offer already shown today takes off the value of the next.
    """

    version: str
    holdout_bp: int
    holdout_salt: str
    cap_per_visit: int
    cap_per_day: int
    fatigue_minor: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.holdout_bp <= FULL_BP:
            raise ValueError(f"holdout_bp is {self.holdout_bp}; must be 0..{FULL_BP}")
        if self.cap_per_visit < 0 or self.cap_per_day < 0 or self.fatigue_minor < 0:
            raise ValueError(f"{self}: caps and fatigue_minor must be 0 or more")
