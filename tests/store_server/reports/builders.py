"""Units for tests of results."""

from store_server.reports.lift import Lift, Question, lift_of
from store_server.reports.outcomes import UnitOutcome


def units(*, treated: bool, bought: int, of: int, margin_minor: int = 100) -> list[UnitOutcome]:
    """Units of which the first `bought` bought, each for 300."""
    return [
        UnitOutcome(
            treated,
            number < bought,
            margin_minor if number < bought else 0,
            spend_minor=300 if number < bought else 0,
        )
        for number in range(of)
    ]


def lift(
    treated: tuple[int, int],
    control: tuple[int, int],
    *,
    share: float = 0.1,
    ended: bool = True,
    margin_minor: int = 100,
) -> Lift:
    """The lift of (bought, of) in both arms."""
    outcomes = [
        *units(treated=True, bought=treated[0], of=treated[1], margin_minor=margin_minor),
        *units(treated=False, bought=control[0], of=control[1]),
    ]
    return lift_of(outcomes, Question(round(10_000 * share), ended=ended))
