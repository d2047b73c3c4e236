"""What to do about a result: one sentence, in the languages of the house."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from store_server.decisions.plural import Language
from store_server.reports.effect import Effect
from store_server.reports.outcomes import Metric
from store_server.reports.proportions import Interval

# Arms this unlikely were not drawn as said. Looked at daily, so p is an always-valid one.
MISMATCH_P = 0.01


class Finding(StrEnum):
    """What a result comes to."""

    NO_HOLDOUT = "no_holdout"
    NOT_AS_DRAWN = "not_as_drawn"
    TOO_FEW = "too_few"
    NOT_CLEAR_YET = "not_clear_yet"
    SELLS_AND_EARNS = "sells_and_earns"
    SELLS_MORE = "sells_more"
    SELLS_AT_A_LOSS = "sells_at_a_loss"
    SELLS_LESS = "sells_less"
    NOTHING_SEEN = "nothing_seen"


@dataclass(frozen=True, slots=True)
class Advice:
    """A finding and its numbers: shares as -1..1, None where they are not known.

    missing: units still to come; ratio_p: of the arms; visible: what would have been seen.
    """

    finding: Finding
    gain: Interval | None = None
    missing: int = 0
    ratio_p: float = 1.0
    visible: float | None = None


def advise(
    effects: Sequence[Effect], *, has_holdout: bool, ratio_p: float, missing: int, ended: bool
) -> Advice:
    """What these effects come to.

    Args:
        effects: of each metric.
        has_holdout: whether anybody is held out.
        ratio_p: always-valid p of the arm sizes.
        missing: units until the smallest useful effect is visible.
        ended: whether the planned end is over.
    """
    by_metric = {one.metric: one for one in effects}
    conversion = by_metric[Metric.CONVERSION]
    gain = conversion.interval
    finding = _finding(
        gain,
        by_metric[Metric.MARGIN].interval,
        has_holdout=has_holdout,
        as_drawn=ratio_p >= MISMATCH_P,
        enough=ended or not missing,
    )
    return Advice(finding, gain, missing, ratio_p, conversion.visible)


def say(advice: Advice, *, language: Language = "en") -> str:
    """The sentence, ending in a full stop."""
    gain = advice.gain
    return _SENTENCES[language][advice.finding].format(
        missing=advice.missing,
        p=_number(advice.ratio_p, 4, language),
        gain="" if gain is None else _gain(gain, language),
        visible="" if advice.visible is None else _number(100 * advice.visible, 1, language),
    )


def _finding(
    gain: Interval | None,
    margin: Interval | None,
    *,
    has_holdout: bool,
    as_drawn: bool,
    enough: bool,
) -> Finding:
    if not has_holdout:
        return Finding.NO_HOLDOUT
    if not as_drawn:
        return Finding.NOT_AS_DRAWN
    if gain is None:
        return Finding.TOO_FEW
    if gain.low > 0:
        return _of_a_gain(margin)
    if gain.high < 0:
        return Finding.SELLS_LESS
    return Finding.NOTHING_SEEN if enough else Finding.NOT_CLEAR_YET


def _of_a_gain(margin: Interval | None) -> Finding:
    if margin is None or margin.low <= 0 <= margin.high:
        return Finding.SELLS_MORE
    return Finding.SELLS_AND_EARNS if margin.low > 0 else Finding.SELLS_AT_A_LOSS


def _gain(gain: Interval, language: Language) -> str:
    estimate, low, high = (_number(100 * one, 1, language, sign=True) for one in gain)
    return _GAIN[language].format(estimate=estimate, low=low, high=high)


def _number(value: float, places: int, language: Language, *, sign: bool = False) -> str:
    text = f"{value:{'+' if sign else ''}.{places}f}"
    return text if language == "en" else text.replace(".", ",")


_GAIN: dict[Language, str] = {
    "en": "{estimate} points ({low} to {high})",
    "es": "{estimate} puntos (de {low} a {high})",
    "ru": "{estimate} п. п. (от {low} до {high})",
}
_SENTENCES: dict[Language, dict[Finding, str]] = {
    "en": {
        Finding.NO_HOLDOUT: "Nobody is held out, so nothing can be said about what the offers "
        "added; hold out some shoppers.",
        Finding.NOT_AS_DRAWN: "The arms are not what was drawn (sample ratio p = {p}); explain "
        "that before reading on.",
        Finding.TOO_FEW: "Not enough data yet: needs about {missing} more shoppers.",
        Finding.NOT_CLEAR_YET: "Not clear yet: {gain}; needs about {missing} more shoppers, so "
        "let it run.",
        Finding.SELLS_AND_EARNS: "The offers sold more: {gain}, and left more margin; keep them "
        "and give them more.",
        Finding.SELLS_MORE: "The offers sold more: {gain}; whether they pay is not clear, so keep "
        "them and watch the margin.",
        Finding.SELLS_AT_A_LOSS: "The offers sold more: {gain}, but left less margin; lower the "
        "discount or stop.",
        Finding.SELLS_LESS: "The offers sold less: {gain}; stop and look why.",
        Finding.NOTHING_SEEN: "No difference can be seen: {gain}; {visible} points or more would "
        "most likely have shown, so stop or change the offer.",
    },
    "es": {
        Finding.NO_HOLDOUT: "No hay grupo de control, así que no se puede saber qué aportaron las "
        "ofertas; reserve algunos clientes.",
        Finding.NOT_AS_DRAWN: "Los grupos no son los sorteados (proporción de la muestra, "
        "p = {p}); explíquelo antes de seguir leyendo.",
        Finding.TOO_FEW: "Aún no hay datos suficientes: faltan unos {missing} clientes.",
        Finding.NOT_CLEAR_YET: "Aún no está claro: {gain}; faltan unos {missing} clientes, así "
        "que déjela seguir.",
        Finding.SELLS_AND_EARNS: "Las ofertas vendieron más: {gain}, y dejaron más margen; "
        "manténgalas y amplíelas.",
        Finding.SELLS_MORE: "Las ofertas vendieron más: {gain}; no está claro si compensan, así "
        "que manténgalas y vigile el margen.",
        Finding.SELLS_AT_A_LOSS: "Las ofertas vendieron más: {gain}, pero dejaron menos margen; "
        "baje el descuento o párelas.",
        Finding.SELLS_LESS: "Las ofertas vendieron menos: {gain}; párelas y busque la causa.",
        Finding.NOTHING_SEEN: "No se ve ninguna diferencia: {gain}; una de {visible} puntos o más "
        "seguramente se habría visto, así que pare o cambie la oferta.",
    },
    "ru": {
        Finding.NO_HOLDOUT: "Контрольной группы нет, поэтому нельзя сказать, что дали "
        "предложения; выделите контрольных покупателей.",
        Finding.NOT_AS_DRAWN: "Группы не такие, как были разыграны (соотношение групп, p = {p}); "
        "выясните причину, прежде чем читать дальше.",
        Finding.TOO_FEW: "Данных пока мало; ещё нужно покупателей: примерно {missing}.",
        Finding.NOT_CLEAR_YET: "Пока неясно: {gain}; ещё нужно покупателей: примерно {missing}, "
        "пусть продолжается.",
        Finding.SELLS_AND_EARNS: "Предложения увеличили продажи: {gain}, и маржу тоже; оставьте "
        "их и расширьте.",
        Finding.SELLS_MORE: "Предложения увеличили продажи: {gain}; окупаются ли они, неясно: "
        "оставьте их и следите за маржой.",
        Finding.SELLS_AT_A_LOSS: "Предложения увеличили продажи: {gain}, но снизили маржу; "
        "уменьшите скидку или остановите.",
        Finding.SELLS_LESS: "Предложения снизили продажи: {gain}; остановите их и ищите причину.",
        Finding.NOTHING_SEEN: "Разницы не видно: {gain}; разница от {visible} п. п. скорее всего "
        "была бы видна, поэтому остановите или измените предложение.",
    },
}
