"""Something about the installation that is not as the plan says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as the plan says. `subject` is a gateway or a beacon's id."""

    kind: str
    subject: str
    other: str | None
    text: str
    first_at_ms: int
    last_at_ms: int
