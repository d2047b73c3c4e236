"""How far to trust a result: what the placebo shop found for data like these, in a sentence."""

import json
from dataclasses import asdict

from store_server.decisions.plural import Language
from store_server.reports.meter_shape import DataShape
from store_server.reports.placebo import Calibration, Scores


def say_meter(calibration: Calibration, *, language: Language = "en") -> str:
    """One sentence, such as "Right in 95.1 % of 2000 known cases; ..."."""
    return _SENTENCES[language].format(
        right=_number(100 * calibration.conversion.fixed_right, language),
        campaigns=calibration.campaigns,
        visible=_number(100 * calibration.visible, language),
    )


def say_no_meter(*, language: Language = "en") -> str:
    """The sentence where nothing was calibrated for data like these."""
    return _NOT_YET[language]


def write_calibration(calibration: Calibration) -> str:
    """The calibration as JSON."""
    return json.dumps({**asdict(calibration), "shape": calibration.shape._asdict()})


def read_calibration(text: str) -> Calibration:
    """The calibration of `write_calibration`."""
    kept = json.loads(text)
    return Calibration(
        **{
            **kept,
            "shape": DataShape(**kept["shape"]),
            "conversion": Scores(**kept["conversion"]),
            "spend": Scores(**kept["spend"]),
        }
    )


def _number(value: float, language: Language) -> str:
    text = f"{value:.1f}"
    return text if language == "en" else text.replace(".", ",")


_SENTENCES: dict[Language, str] = {
    "en": "Right in {right} % of {campaigns} known cases; cannot see effects under {visible} "
    "points here.",
    "es": "Acierta en el {right} % de {campaigns} casos conocidos; aquí no puede ver efectos de "
    "menos de {visible} puntos.",
    "ru": "Верно в {right} % из {campaigns} известных случаев; эффекты меньше {visible} п. п. "
    "здесь не видны.",
}
_NOT_YET: dict[Language, str] = {
    "en": "Not checked on known cases for data like these; run `store-server calibrate-meter`.",
    "es": "No comprobado en casos conocidos para datos como estos; ejecute "
    "`store-server calibrate-meter`.",
    "ru": "Для таких данных не проверено на известных случаях; запустите "
    "`store-server calibrate-meter`.",
}
