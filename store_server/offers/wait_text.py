"""What a step waits for, and what a wait came to, in a sentence a clerk understands.

Each language has its own whole sentences; the tables say the same under the same names.
"""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Literal

from store_server.ids import OfferId
from store_server.offers.offer import Offer
from store_server.offers.opening import clock_text
from store_server.offers.step import Branch, Does, Step
from store_server.offers.wait import Wait, WaitEnd

Language = Literal["en", "es", "ru"]


def step_text(
    step: Step, offers: Mapping[OfferId, Offer], language: Language = "en", *, zone: str = ""
) -> str:
    """The step in one or two sentences: what it waits for, then what follows on each way.

    Args:
        step: the step.
        offers: for their names.
        language: of the sentences.
        zone: the name of the zone that it waits for, where there is one; else its id is said.
    """
    say = _TEXTS[language]
    waited = say["wait"].format(what=_what(step, language, zone=zone))
    then = say["timeout"].format(does=_does(step.on_timeout, offers, language))
    if step.awaited is None:
        return f"{waited} {say['then'].format(does=_does(step.on_timeout, offers, language))}"
    event = say["event"].format(does=_does(step.on_event, offers, language))
    return f"{waited} {event} {then}"


def wait_text(wait: Wait, language: Language, *, local: tzinfo, zone: str = "") -> str:
    """What was waited for since when and until when, and how it ended."""
    say = _TEXTS[language]
    waited = say["waited"].format(
        what=_what(wait.step, language, zone=zone),
        since=_moment(wait.began_at.astimezone(local)),
        until=_moment(wait.due_at.astimezone(local)),
    )
    match wait.ended_by:
        case WaitEnd.EVENT:
            return f"{waited} {say['came']}"
        case WaitEnd.TIMEOUT:
            return f"{waited} {say['time_up' if wait.step.awaited is None else 'did_not_come']}"
        case _:
            return waited


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _what(step: Step, language: Language, *, zone: str) -> str:
    say, parts = _TEXTS[language], list[str]()
    awaited = step.awaited
    if awaited is not None:
        named = zone or awaited.zone or awaited.category or awaited.campaign or awaited.name
        parts.append(say[awaited.kind.value + (".named" if named else "")].format(named=named))
    if step.for_s is not None:
        whole = step.for_s % 60 == 0
        number = step.for_s // 60 if whole else step.for_s
        parts.append(say["minutes" if whole else "seconds"].format(number=number))
    if step.at_minute is not None:
        parts.append(say["clock"].format(clock=clock_text(step.at_minute)))
    return say["or"].join(parts)


def _does(branch: Branch, offers: Mapping[OfferId, Offer], language: Language) -> str:
    say = _TEXTS[language]
    match branch.does:
        case Does.NOTHING:
            return say["nothing"]
        case Does.STAFF:
            return say["staff"].format(message=branch.message)
        case Does.OFFER:
            names = [offers[one].name if one in offers else str(one) for one in branch.offers]
            return say["offers"].format(names=", ".join(names)) if names else say["any_offer"]


_TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "wait": "Then it waits for {what}.",
        "waited": "It waited for {what}, from {since} until {until} at the latest.",
        "came": "That came in time.",
        "did_not_come": "That did not come in time.",
        "time_up": "The time was up.",
        "event": "If that comes: {does}.",
        "timeout": "If the time is up first: {does}.",
        "then": "After that: {does}.",
        "or": ", or for ",
        "zone_enter": "a step into any zone",
        "zone_enter.named": "a step into the zone {named}",
        "purchase": "a purchase",
        "purchase.named": "a purchase of {named}",
        "offer_opened": "an offer to be opened",
        "offer_opened.named": "an offer of campaign {named} to be opened",
        "offer_redeemed": "a coupon to be used",
        "offer_redeemed.named": "a coupon of campaign {named} to be used",
        "offer_dismissed": "an offer to be waved away",
        "offer_dismissed.named": "an offer of campaign {named} to be waved away",
        "app_event.named": "the app to report {named}",
        "minutes": "{number} min to pass",
        "seconds": "{number} s to pass",
        "clock": "the clock to show {clock}",
        "nothing": "nothing",
        "staff": "the staff are called: “{message}”",
        "offers": "the best of {names}",
        "any_offer": "the best of its offers",
    },
    "es": {
        "wait": "Después espera {what}.",
        "waited": "Esperó {what}, desde {since} hasta {until} como muy tarde.",
        "came": "Llegó a tiempo.",
        "did_not_come": "No llegó a tiempo.",
        "time_up": "El tiempo se cumplió.",
        "event": "Si llega: {does}.",
        "timeout": "Si antes se acaba el tiempo: {does}.",
        "then": "Después: {does}.",
        "or": ", o ",
        "zone_enter": "a que entre en cualquier zona",
        "zone_enter.named": "a que entre en la zona {named}",
        "purchase": "una compra",
        "purchase.named": "una compra de {named}",
        "offer_opened": "a que abra una oferta",
        "offer_opened.named": "a que abra una oferta de la campaña {named}",
        "offer_redeemed": "a que use un cupón",
        "offer_redeemed.named": "a que use un cupón de la campaña {named}",
        "offer_dismissed": "a que descarte una oferta",
        "offer_dismissed.named": "a que descarte una oferta de la campaña {named}",
        "app_event.named": "a que la aplicación comunique {named}",
        "minutes": "a que pasen {number} min",
        "seconds": "a que pasen {number} s",
        "clock": "a que el reloj marque las {clock}",
        "nothing": "nada",
        "staff": "se avisa al personal: «{message}»",
        "offers": "lo mejor de {names}",
        "any_offer": "la mejor de sus ofertas",
    },
    "ru": {
        "wait": "Затем она ждёт одного из: {what}.",
        "waited": "Ждали одного из: {what} — с {since} и не дольше чем до {until}.",
        "came": "Это случилось вовремя.",
        "did_not_come": "Этого не случилось вовремя.",
        "time_up": "Время вышло.",
        "event": "Если это случится: {does}.",
        "timeout": "Если раньше выйдет время: {does}.",
        "then": "После этого: {does}.",
        "or": "; ",
        "zone_enter": "вход в любую зону",
        "zone_enter.named": "вход в зону {named}",
        "purchase": "покупка",
        "purchase.named": "покупка из категории {named}",
        "offer_opened": "предложение открыто",
        "offer_opened.named": "открыто предложение кампании {named}",
        "offer_redeemed": "купон использован",
        "offer_redeemed.named": "использован купон кампании {named}",
        "offer_dismissed": "предложение отклонено",
        "offer_dismissed.named": "отклонено предложение кампании {named}",
        "app_event.named": "приложение сообщает {named}",
        "minutes": "пройдёт {number} мин",
        "seconds": "пройдёт {number} с",
        "clock": "часы покажут {clock}",
        "nothing": "ничего",
        "staff": "зовут сотрудников: «{message}»",
        "offers": "лучшее из: {names}",
        "any_offer": "лучшее из её предложений",
    },
}
