"""Experiments as plain documents: JSON of the API and the database; all mistakes told at once."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from store_server.errors import Unprocessable
from store_server.ids import CampaignId
from store_server.offers.document_fields import (
    Document,
    instant,
    instant_text,
    list_of,
    maybe,
    need,
    require_known,
    without_none,
)
from store_server.offers.experiment import (
    FULL_BP,
    Experiment,
    ExperimentState,
    Factor,
    Level,
    NamespacePart,
    Phase,
    Vary,
    Weights,
)

T = TypeVar("T")

_KEYS = frozenset(
    {"id", "name", "campaigns", "varies", "weights", "ends_at", "smallest_effect_bp"}
    | {"namespace", "phases", "state", "stopped_at"}
)


def read_experiment(document: Document) -> Experiment:
    """The experiment of `write_experiment`.

    Raises:
        Unprocessable: it is of another form.
    """
    require_known(document, _KEYS)
    ends_at = instant(document, "ends_at")
    if ends_at is None:
        raise Unprocessable("ends_at is missing; must be an instant", code="bad_experiment")
    return Experiment(
        id=need(document, "id", str),
        name=need(document, "name", str),
        campaigns=tuple(CampaignId(name) for name in list_of(document, "campaigns", str)),
        varies=tuple(_tables(document, "varies", _vary)),
        weights=_weights(document),
        ends_at=ends_at,
        smallest_effect_bp=need(document, "smallest_effect_bp", int),
        namespace=_namespace(document),
        phases=tuple(_tables(document, "phases", _phase)),
        state=ExperimentState(maybe(document, "state", str) or ExperimentState.DRAFT),
        stopped_at=instant(document, "stopped_at"),
    )


def write_experiment(experiment: Experiment) -> dict[str, object]:
    """The document of an experiment; `read_experiment` gives the same back."""
    part = experiment.namespace
    return without_none(
        id=experiment.id,
        name=experiment.name,
        campaigns=list(experiment.campaigns),
        varies=[
            {
                "factor": one.factor.value,
                "levels": [without_none(name=name, value=value) for name, value in one.levels],
            }
            for one in experiment.varies
        ],
        weights=_lists(experiment.weights),
        ends_at=instant_text(experiment.ends_at),
        smallest_effect_bp=experiment.smallest_effect_bp,
        namespace={"name": part.name, "from_bp": part.from_bp, "until_bp": part.until_bp}
        if part is not None
        else None,
        phases=[
            {"starts_at": instant_text(one.starts_at), "weights": _lists(one.weights)}
            for one in experiment.phases
        ]
        or None,
        state=experiment.state.value,
        stopped_at=instant_text(experiment.stopped_at),
    )


def _tables(document: Document, key: str, read: Callable[[Document], T]) -> list[T]:
    return [read(one) for one in list_of(document, key, Mapping)]  # type: ignore[type-abstract] # isinstance takes it


def _vary(document: Document) -> Vary:
    return Vary(Factor(need(document, "factor", str)), tuple(_tables(document, "levels", _level)))


def _level(document: Document) -> Level:
    return Level(need(document, "name", str), maybe(document, "value", str))


def _phase(document: Document) -> Phase:
    starts_at = instant(document, "starts_at")
    assert starts_at is not None
    return Phase(starts_at, _weights(document))


def _weights(document: Document) -> Weights:
    return tuple(tuple(one) for one in list_of(document, "weights", list))


def _lists(weights: Weights) -> list[list[int]]:
    return [list(one) for one in weights]


def _namespace(document: Document) -> NamespacePart | None:
    part = document.get("namespace")
    if not isinstance(part, Mapping):
        return None
    return NamespacePart(
        need(part, "name", str),
        maybe(part, "from_bp", int) or 0,
        FULL_BP if part.get("until_bp") is None else need(part, "until_bp", int),
    )
