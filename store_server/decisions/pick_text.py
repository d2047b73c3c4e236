"""Why a shopper is shown this offer, in one sentence for the shopper, in three languages."""

from store_server.decisions.choice import Pick


def why_picked(pick: Pick, language: str) -> str:
    """The sentence; in English where the language is not one of ours.

    Example:
        >>> why_picked(Pick.FALLBACK, "es-MX")
        'Es lo que hoy hay aquí para todos.'
    """
    return _SENTENCES.get(language.partition("-")[0], _SENTENCES["en"])[pick]


_SENTENCES: dict[str, dict[Pick, str]] = {
    "en": {
        Pick.BEST: "Of all that is on offer here this suits you best.",
        Pick.EXPLORED: "We would like to know whether you like this.",
        Pick.DISCOVERY: "Something that you have not bought here before.",
        Pick.FALLBACK: "What there is here for everybody today.",
    },
    "es": {
        Pick.BEST: "De cuanto se ofrece aquí, esto es lo que mejor le va.",
        Pick.EXPLORED: "Nos gustaría saber si esto le gusta.",
        Pick.DISCOVERY: "Algo que todavía no ha comprado aquí.",
        Pick.FALLBACK: "Es lo que hoy hay aquí para todos.",
    },
    "ru": {
        Pick.BEST: "Из всех предложений здесь это подходит вам лучше всего.",
        Pick.EXPLORED: "Мы хотели бы узнать, понравится ли вам это.",
        Pick.DISCOVERY: "То, чего вы здесь ещё не покупали.",
        Pick.FALLBACK: "То, что сегодня есть здесь для всех.",
    },
}
