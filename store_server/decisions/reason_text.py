"""What each reason code says to a clerk, in the languages that Beaconry explains itself in.

The English text is the reason's own description, as docs/decisions.md has it.
"""

from store_server.decisions.plural import Language
from store_server.decisions.reason import Reason


def reason_text(reason: Reason, language: Language = "en") -> str:
    """One sentence with its full stop.

    Example:
        >>> reason_text(Reason.LOWER_VALUE, "es")
        'Se espera que otra oferta aporte más.'
    """
    if language == "en":
        return reason.description
    return _TEXTS[language][reason]


def as_clause(reason: Reason, language: Language = "en") -> str:
    """The sentence without its full stop and capital, to stand inside another."""
    text = reason_text(reason, language).rstrip(".")
    return text[0].lower() + text[1:]


_SPANISH: dict[Reason, str] = {
    Reason.KILL_SWITCH: "La tienda está silenciada: alguien ha accionado el interruptor general.",
    Reason.NO_CONSENT_OFFERS: "El cliente no ha aceptado recibir ofertas.",
    Reason.SHOPPER_CAP_VISIT: (
        "El cliente ya ha tenido en esta visita tantas ofertas como permite la tienda."
    ),
    Reason.SHOPPER_CAP_DAY: (
        "El cliente o su hogar ya ha tenido hoy tantas ofertas como permite la tienda."
    ),
    Reason.NOTHING_LISTENS: (
        "Ninguna campaña atiende a este tipo de situación en esta zona de la tienda."
    ),
    Reason.CAMPAIGN_NOT_LIVE: "La campaña está en pausa o todavía es un borrador.",
    Reason.OUTSIDE_WINDOW: "La campaña aún no ha empezado o ya ha terminado.",
    Reason.OUTSIDE_HOURS: "La campaña no está activa a esta hora local o en este día.",
    Reason.TRIGGER_MISMATCH: (
        "La campaña espera otra cosa: otra zona, otra situación u otra duración de la estancia."
    ),
    Reason.CAP_VISIT: (
        "El cliente ya ha tenido esta campaña en esta visita tantas veces como ella permite."
    ),
    Reason.CAP_DAY: (
        "El cliente o su hogar ya ha tenido hoy esta campaña tantas veces como ella permite."
    ),
    Reason.OFFER_NOT_VALID: "La oferta aún no es válida o ya no lo es.",
    Reason.BUDGET_EXHAUSTED: (
        "Los cupones o el dinero de la campaña están todos reservados o gastados."
    ),
    Reason.NO_CREATIVE: "La oferta no tiene texto en el idioma del cliente.",
    Reason.VALUE_NOT_POSITIVE: (
        "Se espera que la oferta cueste más de lo que aporta con este cliente."
    ),
    Reason.LOWER_VALUE: "Se espera que otra oferta aporte más.",
    Reason.HELD_OUT: (
        "El cliente pertenece al grupo al que no se muestra nada, para poder medir el efecto."
    ),
}

_RUSSIAN: dict[Reason, str] = {
    Reason.KILL_SWITCH: "Магазин молчит: кто-то включил аварийное отключение предложений.",
    Reason.NO_CONSENT_OFFERS: "Покупатель не соглашался получать предложения.",
    Reason.SHOPPER_CAP_VISIT: (
        "За этот визит покупатель уже получил столько предложений, сколько разрешает магазин."
    ),
    Reason.SHOPPER_CAP_DAY: (
        "За сегодня покупатель или его семья уже получили столько предложений, сколько "
        "разрешает магазин."
    ),
    Reason.NOTHING_LISTENS: "Ни одна кампания не ждёт такого события в этой зоне.",
    Reason.CAMPAIGN_NOT_LIVE: "Кампания приостановлена или ещё в черновике.",
    Reason.OUTSIDE_WINDOW: "Кампания ещё не началась или уже закончилась.",
    Reason.OUTSIDE_HOURS: "В этот час или в этот день недели кампания не идёт.",
    Reason.TRIGGER_MISMATCH: (
        "Кампания ждёт другого: другой зоны, другого события или другой длительности."
    ),
    Reason.CAP_VISIT: (
        "За этот визит покупатель уже получил предложения кампании столько раз, сколько она "
        "разрешает."
    ),
    Reason.CAP_DAY: (
        "За сегодня покупатель или его семья уже получили предложения кампании столько раз, "
        "сколько она разрешает."
    ),
    Reason.OFFER_NOT_VALID: "Само предложение ещё не действует или уже не действует.",
    Reason.BUDGET_EXHAUSTED: "Купоны или деньги кампании уже зарезервированы или потрачены.",
    Reason.NO_CREATIVE: "У предложения нет текста на языке покупателя.",
    Reason.VALUE_NOT_POSITIVE: (
        "Ожидается, что с этим покупателем предложение обойдётся дороже, чем принесёт."
    ),
    Reason.LOWER_VALUE: "Ожидается, что другое предложение принесёт больше.",
    Reason.HELD_OUT: (
        "Покупатель входит в группу, которой ничего не показывают, чтобы измерить эффект."
    ),
}

_TEXTS: dict[Language, dict[Reason, str]] = {"es": _SPANISH, "ru": _RUSSIAN}
