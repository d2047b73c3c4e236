"""The words in which segments are told in English, Spanish and Russian.

What counts something stands once for each plural form of the language (CLDR, by Babel); after a
comparison Russian asks for the genitive, after "exactly" for the nominative. Texts are filled in
by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Forms = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Forms are by CLDR plural category; "other" is always there."""

    locale: str
    quotes: tuple[str, str]
    texts: Mapping[str, str]
    compare: Mapping[str, str]
    units: Mapping[str, Forms]
    exact_units: Mapping[str, Forms]
    names: Mapping[str, str]


def _en() -> Words:
    units = {
        "count": {"one": "{n} purchase line", "other": "{n} purchase lines"},
        "baskets": {"one": "{n} basket", "other": "{n} baskets"},
        "quantity": {"one": "{n} piece bought", "other": "{n} pieces bought"},
        "events": {"one": "{n} event", "other": "{n} events"},
        "seconds": {"one": "{n} second", "other": "{n} seconds"},
        "days": {"one": "{n} day", "other": "{n} days"},
        "last_days": {"one": "in the last {n} day", "other": "in the last {n} days"},
        "next_days": {"one": "in the next {n} day", "other": "in the next {n} days"},
    }
    return Words("en", ("“", "”"), _EN_TEXTS, _EN_COMPARE, units, units, _EN_NAMES)


_EN_COMPARE = {
    "eq": "exactly {x}",
    "ne": "not exactly {x}",
    "lt": "less than {x}",
    "le": "at most {x}",
    "gt": "more than {x}",
    "ge": "at least {x}",
}
_EN_TEXTS = {
    "whole": "Shoppers who meet: {x}.",
    "and": " and ",
    "or": " or ",
    "not": "not ({x})",
    "everyone": "everyone",
    "is": "{name} is {x}",
    "is_not": "{name} is known and is not {x}",
    "contains": "{name} contains {x}",
    "starts_with": "{name} starts with {x}",
    "number": "{name}: {x}",
    "true": "{name}: yes",
    "false": "{name}: no",
    "before": "{name} is before {x}",
    "on": "{name} is on {x}",
    "after": "{name} is after {x}",
    "date_within": "{name} lies {x}",
    "anniversary": "anniversary of {name} {x}",
    "today": "today",
    "known": "{name} is known",
    "language": "language: {x}",
    "household": "belongs to a household",
    "stage": "life-cycle stage: {x}",
    "band": "{name} band (1 to 5): {x}",
    "figure": "{name}: {x}",
    "channel": "can be reached by {x}",
    "staff": "works here",
    "bucket": "random bucket from {first} to {last} of 0 to 9999",
    "of_product": " of product {x}",
    "of_category": " in category {x}",
    "of_event": " of kind {x}",
    "of_item": " about {x}",
    "spent": "{x} spent",
    "event_amount": "{x} in all",
    "tally": "{x}{facts} {window}",
    "purchase": "purchase",
    "event": "event",
    "within": "last {facts} {x}",
    "longer_ago": "last {facts} at least {x} ago",
    "segment": "belongs to segment {x}",
    "live_zone": "is in zone {x} now",
    "live_visited": "has been in zone {x} during this visit",
    "live_dwell": "in the present zone for {x}",
    "live_visit": "in the shop for {x}",
}
_EN_NAMES = {
    "recency": "recency",
    "frequency": "frequency",
    "monetary": "spending",
    "value": "lifetime value",
    "lifetime_value_minor": "lifetime value",
    "churn_risk": "risk of leaving",
    "next_visit_days": "days until the next visit",
    "open_complaints": "open complaints",
    "new": "new",
    "growing": "growing",
    "loyal": "loyal",
    "at_risk": "at risk",
    "lost": "lost",
}


def _es() -> Words:
    units = {
        "count": {"one": "{n} línea de compra", "other": "{n} líneas de compra"},
        "baskets": {"one": "{n} tique", "other": "{n} tiques"},
        "quantity": {"one": "{n} unidad comprada", "other": "{n} unidades compradas"},
        "events": {"one": "{n} evento", "other": "{n} eventos"},
        "seconds": {"one": "{n} segundo", "other": "{n} segundos"},
        "days": {"one": "{n} día", "other": "{n} días"},
        "last_days": {"one": "en el último {n} día", "other": "en los últimos {n} días"},
        "next_days": {"one": "en el próximo {n} día", "other": "en los próximos {n} días"},
    }
    return Words("es", ("«", "»"), _ES_TEXTS, _ES_COMPARE, units, units, _ES_NAMES)


_ES_COMPARE = {
    "eq": "exactamente {x}",
    "ne": "no exactamente {x}",
    "lt": "menos de {x}",
    "le": "como máximo {x}",
    "gt": "más de {x}",
    "ge": "al menos {x}",
}
_ES_TEXTS = {
    "whole": "Clientes que cumplen: {x}.",
    "and": " y ",
    "or": " o ",
    "not": "no ({x})",
    "everyone": "todos",
    "is": "{name} es {x}",
    "is_not": "{name} se conoce y no es {x}",
    "contains": "{name} contiene {x}",
    "starts_with": "{name} empieza por {x}",
    "number": "{name}: {x}",
    "true": "{name}: sí",
    "false": "{name}: no",
    "before": "{name} es antes del {x}",
    "on": "{name} es el {x}",
    "after": "{name} es después del {x}",
    "date_within": "{name} cae {x}",
    "anniversary": "aniversario de {name} {x}",
    "today": "hoy",
    "known": "{name} se conoce",
    "language": "idioma: {x}",
    "household": "pertenece a un hogar",
    "stage": "etapa del ciclo de vida: {x}",
    "band": "tramo de {name} (1 a 5): {x}",
    "figure": "{name}: {x}",
    "channel": "se le puede contactar por {x}",
    "staff": "trabaja aquí",
    "bucket": "grupo aleatorio de {first} a {last} entre 0 y 9999",
    "of_product": " del producto {x}",
    "of_category": " de la categoría {x}",
    "of_event": " de tipo {x}",
    "of_item": " sobre {x}",
    "spent": "{x} de gasto",
    "event_amount": "{x} en total",
    "tally": "{x}{facts} {window}",
    "purchase": "compra",
    "event": "evento",
    "within": "última vez de {facts} {x}",
    "longer_ago": "última vez de {facts} hace {x} o más",
    "segment": "pertenece al segmento {x}",
    "live_zone": "está ahora en la zona {x}",
    "live_visited": "ha estado en la zona {x} durante esta visita",
    "live_dwell": "lleva en la zona actual {x}",
    "live_visit": "lleva en la tienda {x}",
}
_ES_NAMES = {
    "recency": "recencia",
    "frequency": "frecuencia",
    "monetary": "gasto",
    "value": "valor de vida",
    "lifetime_value_minor": "valor de vida",
    "churn_risk": "riesgo de abandono",
    "next_visit_days": "días hasta la próxima visita",
    "open_complaints": "reclamaciones abiertas",
    "new": "nuevo",
    "growing": "en crecimiento",
    "loyal": "fiel",
    "at_risk": "en riesgo",
    "lost": "perdido",
}

ENGLISH, SPANISH = _en(), _es()
