"""The words in which segments are told in Russian; see `words`.

After a comparison a count stands in the genitive ("не менее 2 чеков"), after "ровно" it follows
the nominative ("ровно 2 чека"): hence two tables of units.
"""

from store_server.shoppers.segments.words import Words

_WINDOWS = {
    "last_days": {
        "one": "за {n} последний день",
        "few": "за {n} последних дня",
        "many": "за {n} последних дней",
        "other": "за {n} последнего дня",
    },
    "next_days": {
        "one": "в ближайший {n} день",
        "few": "в ближайшие {n} дня",
        "many": "в ближайшие {n} дней",
        "other": "в ближайшие {n} дня",
    },
}
_GENITIVE = {
    "count": {"one": "{n} строки чека", "other": "{n} строк чека"},
    "baskets": {"one": "{n} чека", "other": "{n} чеков"},
    "quantity": {"one": "{n} купленной единицы", "other": "{n} купленных единиц"},
    "events": {"one": "{n} события", "other": "{n} событий"},
    "seconds": {"one": "{n} секунды", "other": "{n} секунд"},
    "days": {"one": "{n} дня", "other": "{n} дней"},
    **_WINDOWS,
}
_NOMINATIVE = {
    "count": {
        "one": "{n} строка чека",
        "few": "{n} строки чека",
        "many": "{n} строк чека",
        "other": "{n} строки чека",
    },
    "baskets": {"one": "{n} чек", "few": "{n} чека", "many": "{n} чеков", "other": "{n} чека"},
    "quantity": {
        "one": "{n} купленная единица",
        "few": "{n} купленные единицы",
        "many": "{n} купленных единиц",
        "other": "{n} купленной единицы",
    },
    "events": {
        "one": "{n} событие",
        "few": "{n} события",
        "many": "{n} событий",
        "other": "{n} события",
    },
    "seconds": {
        "one": "{n} секунда",
        "few": "{n} секунды",
        "many": "{n} секунд",
        "other": "{n} секунды",
    },
    "days": {"one": "{n} день", "few": "{n} дня", "many": "{n} дней", "other": "{n} дня"},
    **_WINDOWS,
}
_COMPARE = {
    "eq": "ровно {x}",
    "ne": "не ровно {x}",
    "lt": "менее {x}",
    "le": "не более {x}",
    "gt": "более {x}",
    "ge": "не менее {x}",
}
_TEXTS = {
    "whole": "Покупатели, для которых верно: {x}.",
    "and": " и ",
    "or": " или ",
    "not": "не ({x})",
    "everyone": "все",
    "is": "{name} — {x}",
    "is_not": "{name} — известно и не {x}",
    "contains": "{name} содержит {x}",
    "starts_with": "{name} начинается с {x}",
    "number": "{name}: {x}",
    "true": "{name}: да",
    "false": "{name}: нет",
    "before": "{name} — раньше {x}",
    "on": "{name} — {x}",
    "after": "{name} — позже {x}",
    "date_within": "{name} приходится на время {x}",
    "anniversary": "годовщина {name} {x}",
    "today": "сегодня",
    "known": "{name} — известно",
    "language": "язык: {x}",
    "household": "входит в домохозяйство",
    "stage": "стадия жизненного цикла: {x}",
    "band": "группа ({name}, от 1 до 5): {x}",
    "figure": "{name}: {x}",
    "channel": "доступен канал {x}",
    "staff": "работает здесь",
    "bucket": "случайная группа от {first} до {last} из 0–9999",
    "of_product": ", товар {x}",
    "of_category": ", категория {x}",
    "of_event": " вида {x}",
    "of_item": ", о чём: {x}",
    "spent": "потрачено {x}",
    "event_amount": "всего {x}",
    "tally": "{x}{facts} {window}",
    "purchase": "покупка",
    "event": "событие",
    "within": "последний раз {facts} {x}",
    "longer_ago": "последний раз {facts} не позже чем {x} назад",
    "segment": "входит в сегмент {x}",
    "live_zone": "сейчас в зоне {x}",
    "live_visited": "за этот визит побывал в зоне {x}",
    "live_dwell": "в нынешней зоне уже {x}",
    "live_visit": "в магазине уже {x}",
}
_NAMES = {
    "recency": "давность",
    "frequency": "частота",
    "monetary": "траты",
    "value": "пожизненная ценность",
    "lifetime_value_minor": "пожизненная ценность",
    "churn_risk": "риск ухода",
    "next_visit_days": "дней до следующего визита",
    "open_complaints": "открытых жалоб",
    "new": "новый",
    "growing": "растущий",
    "loyal": "постоянный",
    "at_risk": "под угрозой ухода",
    "lost": "потерянный",
}

RUSSIAN = Words("ru", ("«", "»"), _TEXTS, _COMPARE, _GENITIVE, _NOMINATIVE, _NAMES)
