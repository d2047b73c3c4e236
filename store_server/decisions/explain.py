"""A decision in one sentence that a clerk understands, in English, Spanish or Russian.

Each language has its own whole sentences, not words put into another's order; the two tables of a
language say the same things under the same names.
"""

from collections.abc import Mapping

from store_server.decisions.decision import Arm, Decision, Outcome
from store_server.decisions.plural import Forms, Language, counted
from store_server.decisions.reason_text import as_clause
from store_server.ids import OfferId
from store_server.offers.channel import ReadingChannel
from store_server.offers.offer import Offer


def explain(decision: Decision, offers: Mapping[OfferId, Offer], language: Language = "en") -> str:
    """Why this decision came out as it did.

    Args:
        decision: what was decided.
        offers: for the names; an offer that is gone is called by its id.
        language: of the sentence.
    """
    say = _SENTENCES[language]
    match decision.outcome:
        case Outcome.OFFERED:
            return say["offered"].format(
                offer=_offer(decision, offers, language),
                why=_why_chosen(decision, language),
                others=_others(decision, language),
                by=channel_sentence(decision, language),
            )
        case Outcome.HELD_OUT:
            unit = "household" if decision.household is not None else "shopper"
            return say["held_out"].format(unit=say[unit], offer=_offer(decision, offers, language))
        case Outcome.HANDED_OVER:
            return say["handed_over"].format(campaign=decision.campaign)
        case Outcome.NOTHING:
            clauses = [as_clause(reason, language) for reason in decision.reasons]
            arm = "" if decision.arm is Arm.OFFER else say["in_holdout"]
            return say["nothing"].format(why=say["and"].join(clauses), arm=arm)


def channel_sentence(decision: Decision, language: Language = "en") -> str:
    """By which channel it goes, and why; "" where there was no choice."""
    mark = next((one for one in decision.channels if one.channel is decision.channel), None)
    if mark is None:
        return ""
    names, whys = _CHANNEL_NAMES[language], _CHANNEL_WHY[language]
    first = decision.channels[0] is mark
    why = whys[mark.because if first else "next"].format(rate=mark.open_bp // 100)
    return _BY[language].format(channel=names[mark.channel], why=why)


def _offer(decision: Decision, offers: Mapping[OfferId, Offer], language: Language) -> str:
    say = _SENTENCES[language]
    if decision.offer is None:
        return say["no_offer"]
    offer = offers.get(decision.offer)
    name = say["quoted"].format(name=offer.name) if offer is not None else decision.offer
    return say["of_campaign"].format(name=name, campaign=decision.campaign)


def _why_chosen(decision: Decision, language: Language) -> str:
    say = _SENTENCES[language]
    if decision.is_fallback:
        return say["fallback"]
    chosen = next((one for one in decision.candidates if one.reason is None), None)
    if chosen is None or chosen.chance_with is None or chosen.chance_without is None:
        return say["best"]
    chances = say["chances"].format(
        anyway=f"{100 * chosen.chance_without:.0f}", with_it=f"{100 * chosen.chance_with:.0f}"
    )
    return f"{say['best']} ({chances})"


def _others(decision: Decision, language: Language) -> str:
    refused = sum(1 for candidate in decision.candidates if candidate.reason is not None)
    return counted(refused, _OTHERS[language], language=language) if refused else ""


_BY: dict[Language, str] = {
    "en": " It goes by {channel}: {why}.",
    "es": " Va por {channel}: {why}.",
    "ru": " Канал — {channel}: {why}.",
}
_CHANNEL_NAMES: dict[Language, dict[ReadingChannel, str]] = {
    "en": {
        ReadingChannel.PUSH: "push message",
        ReadingChannel.WEB: "browser message",
        ReadingChannel.EMAIL: "e-mail",
        ReadingChannel.SMS: "text message",
        ReadingChannel.KIOSK: "a screen in the shop",
    },
    "es": {
        ReadingChannel.PUSH: "notificación de la app",
        ReadingChannel.WEB: "aviso del navegador",
        ReadingChannel.EMAIL: "correo electrónico",
        ReadingChannel.SMS: "SMS",
        ReadingChannel.KIOSK: "una pantalla de la tienda",
    },
    "ru": {
        ReadingChannel.PUSH: "уведомление приложения",
        ReadingChannel.WEB: "сообщение в браузере",
        ReadingChannel.EMAIL: "электронная почта",
        ReadingChannel.SMS: "SMS",
        ReadingChannel.KIOSK: "экран в магазине",
    },
}
_CHANNEL_WHY: dict[Language, dict[str, str]] = {
    "en": {
        "preferred": "the shopper asked for it",
        "opened": "there the shopper opens most, an estimated {rate} of 100 messages",
        "only": "no other channel reaches the shopper",
        "order": "of the channels that reach the shopper none is known to be opened more",
        "next": "the channels before it are used up or not allowed to the campaign",
    },
    "es": {
        "preferred": "el cliente lo pidió",
        "opened": "es donde el cliente más abre, unos {rate} de cada 100 mensajes",
        "only": "ningún otro canal llega al cliente",
        "order": "de los canales que llegan al cliente no se sabe que otro se abra más",
        "next": "los canales anteriores están agotados o no se permiten a la campaña",
    },
    "ru": {
        "preferred": "покупатель просил о нём",
        "opened": "там покупатель открывает чаще всего, примерно {rate} из 100 сообщений",
        "only": "другие каналы до покупателя не доходят",
        "order": "не известно, чтобы другой доступный канал открывали чаще",
        "next": "каналы перед ним исчерпаны или кампании не разрешены",
    },
}
_SENTENCES: dict[Language, dict[str, str]] = {
    "en": {
        "offered": "Offered {offer}: {why}{others}.{by}",
        "held_out": "Shown nothing on purpose, because this {unit} is in the group that the "
        "effect is measured against; it would have been {offer}.",
        "nothing": "Nothing was offered: {why}{arm}.",
        "handed_over": "The staff were called, as campaign {campaign} says for this case.",
        "in_holdout": " (in the holdout it would not have been shown)",
        "and": "; and ",
        "household": "household",
        "shopper": "shopper",
        "no_offer": "a word to the staff",
        "quoted": '"{name}"',
        "of_campaign": "{name} of campaign {campaign}",
        "best": "it is expected to bring the most over showing nothing",
        "chances": "in {anyway} of 100 such visits it is bought anyway, with the offer in "
        "{with_it}",
        "fallback": "no other offer was worth its cost, and it is what the campaign says then",
    },
    "es": {
        "offered": "Se ofreció {offer}: {why}{others}.{by}",
        "held_out": "No se mostró nada a propósito, porque {unit} está en el grupo con el que se "
        "compara para medir el efecto; habría sido {offer}.",
        "nothing": "No se ofreció nada: {why}{arm}.",
        "handed_over": "Se avisó al personal, como dice la campaña {campaign} para este caso.",
        "in_holdout": " (en el grupo de control no se habría mostrado)",
        "and": "; y ",
        "household": "este hogar",
        "shopper": "este cliente",
        "no_offer": "un aviso al personal",
        "quoted": "«{name}»",
        "of_campaign": "{name} de la campaña {campaign}",
        "best": "se espera que sea lo que más aporta frente a no mostrar nada",
        "chances": "en {anyway} de cada 100 visitas así se compra de todos modos, con la oferta "
        "en {with_it}",
        "fallback": "ninguna otra oferta compensaba su coste, y es lo que la campaña dice entonces",
    },
    "ru": {
        "offered": "Предложено {offer}: {why}{others}.{by}",
        "held_out": "Намеренно ничего не показано: {unit} входит в группу, с которой сравнивают, "
        "чтобы измерить эффект; иначе это было бы {offer}.",
        "nothing": "Ничего не предложено: {why}{arm}.",
        "handed_over": "Позвали сотрудников магазина: так кампания {campaign} велит в этом случае.",
        "in_holdout": " (в контрольной группе этого и не показали бы)",
        "and": "; и ",
        "household": "эта семья",
        "shopper": "этот покупатель",
        "no_offer": "обращение к сотрудникам",
        "quoted": "«{name}»",
        "of_campaign": "{name} из кампании {campaign}",
        "best": "ожидается, что это принесёт больше всего по сравнению с тем, чтобы не показывать "
        "ничего",
        "chances": "в {anyway} из 100 таких визитов это купят и так, с предложением — в {with_it}",
        "fallback": "ни одно другое предложение себя не окупало, а на этот случай кампания говорит "
        "именно это",
    },
}
_OTHERS: dict[Language, Forms] = {
    "en": {"one": "; one other was looked at", "other": "; {n} others were looked at"},
    "es": {"one": "; se miró otra más", "other": "; se miraron otras {n}"},
    "ru": {
        "one": "; рассмотрено ещё {n} предложение",
        "few": "; рассмотрено ещё {n} предложения",
        "other": "; рассмотрено ещё {n} предложений",
    },
}
