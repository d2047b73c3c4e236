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
    Reason.SHOPPER_UNKNOWN: (
        "El cliente no es conocido aquí, o lleva otro nombre desde que se unieron sus fichas."
    ),
    Reason.OPEN_COMPLAINT: "El cliente tiene una queja abierta.",
    Reason.NO_CONSENT_CHANNEL: "El cliente no ha aceptado recibir mensajes por este canal.",
    Reason.STAFF_DEVICE: "El dispositivo es de alguien que trabaja aquí.",
    Reason.STORE_CLOSED: "La tienda está cerrada a esta hora.",
    Reason.ZONE_FORBIDS: "A nadie se le habla en la caja, a la salida ni en zonas de servicio.",
    Reason.QUIET_HOURS: "Son las horas de silencio de la tienda.",
    Reason.SHOPPER_CAP_WEEK: (
        "El cliente o su hogar ya ha tenido en siete días tantas ofertas como permite la tienda."
    ),
    Reason.CHANNEL_CAP: (
        "El cliente o su hogar ya ha tenido hoy por este canal tantas ofertas como se permite."
    ),
    Reason.EXCLUDED: "El cliente no quiere ver nunca esta oferta, ni nada de esta categoría.",
    Reason.STEP_ENDS: "Por el camino que tomó su paso, la campaña no dice nada.",
    Reason.OTHER_WAY: "La oferta es del otro camino del paso de la campaña.",
    Reason.OUTSIDE_SEGMENT: "El cliente no está en el segmento al que se dirige la campaña.",
    Reason.CAMPAIGN_HELD_OUT: (
        "El hogar pertenece al grupo al que esta campaña no se muestra, para medir su efecto."
    ),
    Reason.CHANNEL_NOT_ALLOWED: "La campaña no puede comunicarse por el canal elegido.",
    Reason.AGE_RESTRICTED: "No consta que el cliente tenga edad suficiente para esta oferta.",
    Reason.CAP_WEEK: (
        "El cliente o su hogar ya ha tenido esta campaña en siete días tantas veces como permite."
    ),
    Reason.CAP_OFFER: (
        "El cliente ya ha tenido esta oferta en siete días tantas veces como ella permite."
    ),
    Reason.EXCLUSION_GROUP: "Otra campaña del mismo grupo ya ha hablado en esta visita.",
    Reason.DISMISSED: "El cliente descartó esta campaña hace poco.",
    Reason.REENTRY: "El cliente ya ha tenido esta campaña, y no vuelve tan pronto.",
    Reason.ALREADY_BOUGHT: "El cliente ya ha comprado de esta categoría en esta visita.",
    Reason.OUT_OF_STOCK: "Lo que se ofrece no está en el estante.",
    Reason.MARGIN_FLOOR: "El descuento dejaría menos margen del que exige la oferta.",
    Reason.COUPON_POOL_EMPTY: "Todos los cupones de esta oferta están ya repartidos.",
    Reason.ZONE_UNSURE: "No es bastante seguro que el cliente esté en esta zona.",
    Reason.OTHER_ARM: "En el experimento este hogar recibe otra variante de la campaña.",
    Reason.REPEATED: "El cliente ya ha visto esta misma oferta en esta visita.",
    Reason.CATEGORY_SHARE: "Demasiadas de las últimas ofertas del cliente eran de esta categoría.",
    Reason.VALUE_BELOW_FLOOR: "Se espera que la oferta aporte menos de lo que merece un mensaje.",
    Reason.LOWER_PRIORITY: "Una campaña de un nivel más alto tiene algo que ofrecer.",
    Reason.DISCOVERY_TURN: "Era el turno de algo que el cliente no ha comprado nunca.",
    Reason.EXPLORED_OTHER: "Otra oferta salió por sorteo, para aprender qué consigue.",
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
    Reason.CAMPAIGN_NOT_LIVE: "La campaña no está en marcha.",
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
    Reason.SHOPPER_UNKNOWN: (
        "Этот покупатель здесь не известен или после объединения носит другое имя."
    ),
    Reason.OPEN_COMPLAINT: "У покупателя есть открытая жалоба.",
    Reason.NO_CONSENT_CHANNEL: "Покупатель не соглашался получать сообщения по этому каналу.",
    Reason.STAFF_DEVICE: "Устройство принадлежит тому, кто здесь работает.",
    Reason.STORE_CLOSED: "В этот час магазин закрыт.",
    Reason.ZONE_FORBIDS: "У кассы, на выходе и в служебных зонах ни к кому не обращаются.",
    Reason.QUIET_HOURS: "Сейчас в магазине тихие часы.",
    Reason.SHOPPER_CAP_WEEK: (
        "За семь дней покупатель или семья уже получили столько, сколько разрешает магазин."
    ),
    Reason.CHANNEL_CAP: (
        "За сегодня покупатель или его семья уже получили по этому каналу всё, что разрешено."
    ),
    Reason.EXCLUDED: "Покупатель никогда не хочет видеть это предложение или эту категорию.",
    Reason.STEP_ENDS: "На том пути, которым пошёл её шаг, кампания ничего не говорит.",
    Reason.OTHER_WAY: "Это предложение относится к другому пути шага кампании.",
    Reason.OUTSIDE_SEGMENT: "Покупатель не входит в сегмент, для которого эта кампания.",
    Reason.CAMPAIGN_HELD_OUT: (
        "Семья входит в группу, которой эту кампанию не показывают, чтобы измерить её эффект."
    ),
    Reason.CHANNEL_NOT_ALLOWED: "По выбранному каналу эту кампанию сообщать нельзя.",
    Reason.AGE_RESTRICTED: "Не известно, что возраст покупателя достаточен для этого предложения.",
    Reason.CAP_WEEK: (
        "За семь дней покупатель или семья получили кампанию столько раз, сколько она разрешает."
    ),
    Reason.CAP_OFFER: (
        "За семь дней покупатель получил это предложение столько раз, сколько оно разрешает."
    ),
    Reason.EXCLUSION_GROUP: "Другая кампания той же группы уже говорила в этом визите.",
    Reason.DISMISSED: "Покупатель недавно отклонил эту кампанию.",
    Reason.REENTRY: "Покупатель уже получал эту кампанию, а так скоро она не возвращается.",
    Reason.ALREADY_BOUGHT: "В этом визите покупатель уже купил что-то из этой категории.",
    Reason.OUT_OF_STOCK: "Того, что предлагается, нет на полке.",
    Reason.MARGIN_FLOOR: "Скидка оставила бы от маржи меньше, чем требует предложение.",
    Reason.COUPON_POOL_EMPTY: "Все купоны этого предложения уже выданы.",
    Reason.ZONE_UNSURE: "Недостаточно точно известно, что покупатель стоит в этой зоне.",
    Reason.OTHER_ARM: "В эксперименте этой семье достаётся другой вариант кампании.",
    Reason.REPEATED: "Это самое предложение покупатель в этом визите уже видел.",
    Reason.CATEGORY_SHARE: (
        "Слишком многие из последних предложений покупателю были из этой категории."
    ),
    Reason.VALUE_BELOW_FLOOR: "Ожидается, что предложение принесёт меньше, чем стоит сообщение.",
    Reason.LOWER_PRIORITY: "Кампании более высокого уровня есть что предложить.",
    Reason.DISCOVERY_TURN: "Была очередь того, чего покупатель ещё никогда не покупал.",
    Reason.EXPLORED_OTHER: "Другое предложение выбрано жребием, чтобы узнать, что оно даёт.",
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
    Reason.CAMPAIGN_NOT_LIVE: "Кампания сейчас не идёт.",
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
