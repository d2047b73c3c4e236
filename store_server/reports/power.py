"""How long an experiment must run before it can see what it was made to see.

Each arm is compared with the control (the first); with several of them the chance to see what is
not there is divided among the comparisons, so more arms need more units.

Source: Bonferroni's inequality; units of one comparison as in `proportions.units_needed`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from store_server.decisions.plural import Forms, Language, counted
from store_server.reports.proportions import CONFIDENCE, units_needed

POWER = 0.8
# Past a year the answer is "never": prices, people and the shop are others by then.
DAYS_MOST = 365


@dataclass(frozen=True, slots=True)
class PowerPlan:
    """What is missing until a true effect is seen with POWER.

    effect: the smallest useful difference of shares, 0..1.
    units_needed / units_so_far: in all arms together.
    days: whole days at today's pace; 0 = enough; None = not within DAYS_MOST.
    """

    effect: float
    units_needed: int
    units_so_far: int
    days: int | None


def plan_power(
    counts: Sequence[int],
    weights: Sequence[int],
    *,
    control_rate: float,
    effect: float,
    units_per_day: float,
) -> PowerPlan:
    """How many units and days are missing.

    Args:
        counts: units in each arm so far, the control first.
        weights: what they are drawn with; the control's and one other's above 0.
        control_rate: share that buys in the control, 0..1.
        effect: the smallest difference of shares worth seeing, above 0.
        units_per_day: new units in all arms together.

    Raises:
        ValueError: the control or every other arm draws nobody, or `effect` is out of range.
    """
    control, others = weights[0], [place for place, w in enumerate(weights) if place and w]
    if not control or not others:
        raise ValueError(f"weights {list(weights)}: the control and one other arm must draw units")
    total = 0
    missing = 0.0
    for place in others:
        pair_share = (control + weights[place]) / sum(weights)
        needed = units_needed(
            control_rate=control_rate,
            effect=effect,
            control_share=control / (control + weights[place]),
            power=POWER,
            confidence=1 - (1 - CONFIDENCE) / len(others),
        )
        total = max(total, ceil(needed / pair_share))
    for place in (0, *others):
        share = weights[place] / sum(weights)
        # The arm that lags sets the day: its own part must be full.
        missing = max(missing, (total * share - counts[place]) / share)
    return PowerPlan(effect, total, sum(counts), _days(missing, units_per_day))


def say_power(plan: PowerPlan, *, language: Language = "en") -> str:
    """One sentence: "needs about 9 more days to see 3 points"."""
    points = _POINTS[language].replace("{n}", _number(plan.effect, language))
    if plan.days is None:
        return _NEVER[language].format(points=points)
    if plan.days == 0:
        return _ENOUGH[language].format(points=points)
    days = counted(plan.days, _DAYS[language], language=language)
    return _WAIT[language].format(days=days, points=points)


def _days(missing: float, units_per_day: float) -> int | None:
    if missing <= 0:
        return 0
    if units_per_day <= 0 or missing / units_per_day > DAYS_MOST:
        return None
    return ceil(missing / units_per_day)


def _number(effect: float, language: Language) -> str:
    text = f"{100 * effect:.1f}".removesuffix(".0")
    return text if language == "en" else text.replace(".", ",")


_POINTS: dict[Language, str] = {
    "en": "a difference of {n} points",
    "es": "una diferencia de {n} puntos",
    "ru": "разницу в {n} п. п.",
}
_DAYS: dict[Language, Forms] = {
    "en": {"one": "{n} more day", "other": "{n} more days"},
    "es": {"one": "{n} día más", "other": "{n} días más"},
    "ru": {"one": "ещё {n} день", "few": "ещё {n} дня", "other": "ещё {n} дней"},
}
_WAIT: dict[Language, str] = {
    "en": "Needs about {days} to see {points}.",
    "es": "Necesita unos {days} para ver {points}.",
    "ru": "Нужно примерно {days}, чтобы увидеть {points}",
}
_ENOUGH: dict[Language, str] = {
    "en": "Has seen enough shoppers to see {points}.",
    "es": "Ya ha visto suficientes clientes para ver {points}.",
    "ru": "Покупателей уже достаточно, чтобы увидеть {points}",
}
_NEVER: dict[Language, str] = {
    "en": "Would need more than a year to see {points}: give more shoppers to the small arm, or "
    "look for a larger effect.",
    "es": "Necesitaría más de un año para ver {points}: dé más clientes a la rama pequeña o "
    "busque un efecto mayor.",
    "ru": "Понадобится больше года, чтобы увидеть {points} Дайте меньшей группе больше "
    "покупателей или ищите больший эффект.",
}
