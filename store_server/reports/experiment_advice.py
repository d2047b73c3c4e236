"""What to do about an experiment: one sentence, in the languages of the house."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from store_server.decisions.plural import Language
from store_server.reports.advice import MISMATCH_P
from store_server.reports.arms import Comparison
from store_server.reports.outcomes import Metric
from store_server.reports.proportions import Interval


class ArmFinding(StrEnum):
    """What an experiment comes to."""

    NOT_AS_DRAWN = "not_as_drawn"
    TOO_FEW = "too_few"
    NOT_CLEAR_YET = "not_clear_yet"
    BETTER = "better"
    BETTER_AT_A_LOSS = "better_at_a_loss"
    WORSE = "worse"
    NO_DIFFERENCE = "no_difference"


@dataclass(frozen=True, slots=True)
class ArmAdvice:
    """The finding and what its sentence names.

    level / control: of the comparison that it is about; "" when it is about none. gain: of
    conversion, as a difference of shares. visible: the least that would most likely have shown.
    """

    finding: ArmFinding
    level: str = ""
    control: str = ""
    gain: Interval | None = None
    ratio_p: float = 1.0
    visible: float | None = None


def advise_arms(
    comparisons: Sequence[Comparison], *, ratio_p: float, enough: bool, control: str
) -> ArmAdvice:
    """What these comparisons come to.

    Args:
        comparisons: of the experiment, each against its control.
        ratio_p: always-valid p of the arm sizes, the least of all phases, adjusted.
        enough: whether the planned end is over, or the smallest useful effect is visible.
        control: what to keep when there is no difference.
    """
    if ratio_p < MISMATCH_P:
        return ArmAdvice(ArmFinding.NOT_AS_DRAWN, ratio_p=ratio_p)
    known = [one for one in comparisons if one.effect(Metric.CONVERSION).interval is not None]
    if not known:
        return ArmAdvice(ArmFinding.TOO_FEW)
    best = max(known, key=_estimate)
    worst = min(known, key=_estimate)
    if _gain(best).low > 0:
        margin = best.effect(Metric.MARGIN).interval
        at_a_loss = margin is not None and margin.high < 0
        return _about(best, ArmFinding.BETTER_AT_A_LOSS if at_a_loss else ArmFinding.BETTER)
    if _gain(worst).high < 0:
        return _about(worst, ArmFinding.WORSE)
    if not enough:
        return ArmAdvice(ArmFinding.NOT_CLEAR_YET)
    seen = [one.effect(Metric.CONVERSION).visible for one in known]
    visible = max((one for one in seen if one is not None), default=None)
    return ArmAdvice(ArmFinding.NO_DIFFERENCE, control=control, visible=visible)


def say_arms(advice: ArmAdvice, *, language: Language = "en") -> str:
    """The sentence, ending in a full stop."""
    gain = advice.gain
    ends = () if gain is None else (gain.estimate, gain.low, gain.high)
    told = [_number(100 * one, 1, language, sign=True) for one in ends]
    return _SENTENCES[language][advice.finding].format(
        level=advice.level,
        control=advice.control,
        p=_number(advice.ratio_p, 4, language),
        gain=_GAIN[language].format(*told) if told else "",
        visible="" if advice.visible is None else _number(100 * advice.visible, 1, language),
    )


def _about(one: Comparison, finding: ArmFinding) -> ArmAdvice:
    return ArmAdvice(finding, one.pair.level, one.pair.control, _gain(one))


def _gain(one: Comparison) -> Interval:
    found = one.effect(Metric.CONVERSION).interval
    assert found is not None
    return found


def _estimate(one: Comparison) -> float:
    return _gain(one).estimate


def _number(value: float, places: int, language: Language, *, sign: bool = False) -> str:
    text = f"{value:{'+' if sign else ''}.{places}f}"
    return text if language == "en" else text.replace(".", ",")


_F = ArmFinding
_GAIN: dict[Language, str] = {
    "en": "{} points ({} to {})",
    "es": "{} puntos (de {} a {})",
    "ru": "{} п. п. (от {} до {})",
}
_SENTENCES: dict[Language, dict[ArmFinding, str]] = {
    "en": {
        _F.NOT_AS_DRAWN: "The arms are not as large as they were drawn (sample ratio p = {p}); "
        "explain that before reading on.",
        _F.TOO_FEW: "Not enough households yet to compare the arms; let it run.",
        _F.NOT_CLEAR_YET: "No arm stands out yet; let it run.",
        _F.BETTER: "“{level}” sold more than “{control}”: {gain}; make it the rule.",
        _F.BETTER_AT_A_LOSS: "“{level}” sold more than “{control}”: {gain}, but left less margin; "
        "do not make it the rule.",
        _F.WORSE: "“{level}” sold less than “{control}”: {gain}; stop it.",
        _F.NO_DIFFERENCE: "No difference can be seen; {visible} points or more would most likely "
        "have shown, so keep “{control}”.",
    },
    "es": {
        _F.NOT_AS_DRAWN: "Los grupos no tienen el tamaño con el que se sortearon (proporción de la "
        "muestra, p = {p}); explíquelo antes de seguir leyendo.",
        _F.TOO_FEW: "Aún no hay hogares suficientes para comparar los grupos; déjelo seguir.",
        _F.NOT_CLEAR_YET: "Ningún grupo destaca todavía; déjelo seguir.",
        _F.BETTER: "«{level}» vendió más que «{control}»: {gain}; conviértalo en la norma.",
        _F.BETTER_AT_A_LOSS: "«{level}» vendió más que «{control}»: {gain}, pero dejó menos "
        "margen; no lo convierta en la norma.",
        _F.WORSE: "«{level}» vendió menos que «{control}»: {gain}; párelo.",
        _F.NO_DIFFERENCE: "No se ve ninguna diferencia; una de {visible} puntos o más seguramente "
        "se habría visto, así que quédese con «{control}».",
    },
    "ru": {
        _F.NOT_AS_DRAWN: "Размеры групп не такие, как были разыграны (соотношение групп, p = {p}); "
        "выясните причину, прежде чем читать дальше.",
        _F.TOO_FEW: "Пока слишком мало семей, чтобы сравнить группы; пусть продолжается.",
        _F.NOT_CLEAR_YET: "Пока ни одна группа не выделяется; пусть продолжается.",
        _F.BETTER: "«{level}» продаёт больше, чем «{control}»: {gain}; сделайте это правилом.",
        _F.BETTER_AT_A_LOSS: "«{level}» продаёт больше, чем «{control}»: {gain}, но снижает маржу; "
        "не делайте это правилом.",
        _F.WORSE: "«{level}» продаёт меньше, чем «{control}»: {gain}; остановите это.",
        _F.NO_DIFFERENCE: "Разницы не видно; разница от {visible} п. п. скорее всего была бы "
        "видна, поэтому оставьте «{control}».",
    },
}
