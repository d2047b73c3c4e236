"""Why a delivery ended undelivered: stable codes, each with a sentence in three languages.

The codes stand in the delivery log, the funnel and the API; they are only ever added to. What
decides them is in `flows/check_sending.py` (before a try) and `outbox/attempt.py` (after one).
"""

from enum import StrEnum

from store_server.decisions.plural import Language


class DeliveryReason(StrEnum):
    """Why a delivery ended undelivered."""

    MOMENT_OVER = "moment_over"
    NO_ENDPOINT = "no_endpoint"
    KILL_SWITCH = "kill_switch"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CHANNEL_REFUSED = "channel_refused"
    COMPLAINT_OPEN = "complaint_open"
    CAMPAIGN_STOPPED = "campaign_stopped"
    OUTSIDE_HOURS = "outside_hours"
    QUIET_HOURS = "quiet_hours"
    CAP_VISIT = "cap_visit"
    CAP_DAY = "cap_day"
    CAP_WEEK = "cap_week"
    CAP_CHANNEL = "cap_channel"
    EXCLUDED = "excluded"
    STAFF_DEVICE = "staff_device"
    OUTSIDE_SEGMENT = "outside_segment"
    CHANNEL_OFF = "channel_off"
    CONTACT_UNUSABLE = "contact_unusable"
    ENDPOINT_GONE = "endpoint_gone"
    ENDPOINT_REMOVED = "endpoint_removed"
    GIVEN_UP = "given_up"
    REFUSED = "refused"
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - a reason, not a secret


def delivery_reason_text(reason: DeliveryReason, language: Language = "en") -> str:
    """One sentence with its full stop.

    Example:
        >>> delivery_reason_text(DeliveryReason.MOMENT_OVER, "es")
        'Su momento había pasado antes de poder entregarla.'
    """
    return _TEXTS[reason][_LANGUAGES.index(language)]


_LANGUAGES: tuple[Language, ...] = ("en", "es", "ru")
_TEXTS: dict[DeliveryReason, tuple[str, str, str]] = {
    DeliveryReason.MOMENT_OVER: (
        "Its moment was over before it could be delivered.",
        "Su momento había pasado antes de poder entregarla.",
        "Её момент прошёл раньше, чем её удалось доставить.",
    ),
    DeliveryReason.NO_ENDPOINT: (
        "No webhook endpoint was registered before its moment was over.",
        "No se registró ningún destino antes de que pasara su momento.",
        "Адрес получателя не был указан, пока её момент не прошёл.",
    ),
    DeliveryReason.KILL_SWITCH: (
        "The store was silenced: somebody had thrown the kill switch.",
        "La tienda estaba silenciada: alguien había accionado el interruptor general.",
        "Магазин молчал: кто-то включил аварийное отключение предложений.",
    ),
    DeliveryReason.CONSENT_WITHDRAWN: (
        "The shopper does not agree to offers any more.",
        "El cliente ya no acepta recibir ofertas.",
        "Покупатель больше не согласен получать предложения.",
    ),
    DeliveryReason.CHANNEL_REFUSED: (
        "The shopper does not want to be reached by this channel any more.",
        "El cliente ya no quiere que se le avise por este canal.",
        "Покупатель больше не хочет получать сообщения по этому каналу.",
    ),
    DeliveryReason.COMPLAINT_OPEN: (
        "The shopper has an open complaint.",
        "El cliente tiene una reclamación abierta.",
        "У покупателя есть открытая жалоба.",
    ),
    DeliveryReason.CAMPAIGN_STOPPED: (
        "The campaign or its offer was stopped, changed or over by then.",
        "La campaña o su oferta ya estaba parada, cambiada o terminada.",
        "Кампания или её предложение к тому времени были остановлены, изменены или закончились.",
    ),
    DeliveryReason.OUTSIDE_HOURS: (
        "The campaign does not run at that local hour or on that weekday.",
        "La campaña no está activa a esa hora local o en ese día.",
        "В этот час или в этот день недели кампания не идёт.",
    ),
    DeliveryReason.QUIET_HOURS: (
        "It was a quiet hour of the store.",
        "Era una hora de silencio de la tienda.",
        "В магазине были тихие часы.",
    ),
    DeliveryReason.CAP_VISIT: (
        "The shopper has had as many offers in this visit as is allowed.",
        "El cliente ya ha tenido en esta visita tantas ofertas como se permite.",
        "За этот визит покупатель уже получил столько предложений, сколько разрешено.",
    ),
    DeliveryReason.CAP_DAY: (
        "The shopper or the household has had as many offers that day as is allowed.",
        "El cliente o su hogar ya ha tenido ese día tantas ofertas como se permite.",
        "За этот день покупатель или его семья уже получили столько предложений, сколько "
        "разрешено.",
    ),
    DeliveryReason.CAP_WEEK: (
        "The shopper or the household has had as many offers in seven days as is allowed.",
        "El cliente o su hogar ya ha tenido en siete días tantas ofertas como se permite.",
        "За семь дней покупатель или его семья уже получили столько, сколько разрешено.",
    ),
    DeliveryReason.CAP_CHANNEL: (
        "The shopper or the household has had as many offers that day in this channel as allowed.",
        "El cliente o su hogar ya ha tenido ese día por este canal todas las ofertas permitidas.",
        "За этот день покупатель или его семья получили по этому каналу всё, что разрешено.",
    ),
    DeliveryReason.EXCLUDED: (
        "The shopper never wants to see this offer, or anything of its category.",
        "El cliente no quiere ver nunca esta oferta, ni nada de su categoría.",
        "Покупатель никогда не хочет видеть это предложение или эту категорию.",
    ),
    DeliveryReason.STAFF_DEVICE: (
        "The shopper works here by now.",
        "El cliente trabaja aquí.",
        "Этот человек теперь здесь работает.",
    ),
    DeliveryReason.OUTSIDE_SEGMENT: (
        "The shopper was not in the campaign's segment any more.",
        "El cliente ya no estaba en el segmento de la campaña.",
        "Покупатель больше не входил в сегмент кампании.",
    ),
    DeliveryReason.CHANNEL_OFF: (
        "The channel is not set up on this server any more.",
        "El canal ya no está configurado en este servidor.",
        "Этот канал на сервере больше не настроен.",
    ),
    DeliveryReason.CONTACT_UNUSABLE: (
        "The address that is kept for this channel cannot be used.",
        "La dirección guardada para este canal no se puede usar.",
        "Сохранённый для этого канала адрес нельзя использовать.",
    ),
    DeliveryReason.ENDPOINT_GONE: (
        "The receiver answered 410: it wants nothing more, and is disabled.",
        "El receptor respondió 410: no quiere nada más y está desactivado.",
        "Получатель ответил 410: он больше ничего не хочет и отключён.",
    ),
    DeliveryReason.ENDPOINT_REMOVED: (
        "The endpoint was removed.",
        "El destino se eliminó.",
        "Адрес получателя был удалён.",
    ),
    DeliveryReason.GIVEN_UP: (
        "Every try of the schedule failed.",
        "Fallaron todos los intentos previstos.",
        "Все положенные попытки не удались.",
    ),
    DeliveryReason.REFUSED: (
        "The receiver refuses this notification for good.",
        "El receptor rechaza definitivamente este aviso.",
        "Получатель окончательно отказался принять это уведомление.",
    ),
    DeliveryReason.SECRET_UNREADABLE: (
        "The endpoint's secret cannot be opened with this server's key.",
        "El secreto del destino no se puede abrir con la clave de este servidor.",
        "Секрет получателя не открывается ключом этого сервера.",
    ),
}
