"""The experiment's form: what differs and how, read into a draft with every mistake at once."""

from dataclasses import dataclass
from datetime import timedelta

from store_server.entrypoints.console.field_texts import (
    NEEDED,
    ONE_OF,
    TOO_FAR,
    Reading,
    free_slug,
    slug_of,
)
from store_server.entrypoints.console.forms import Sent
from store_server.entrypoints.console.frame import N_
from store_server.ids import CampaignId
from store_server.offers.catalogue import Catalogue
from store_server.offers.experiment import Experiment, Factor, Level, Vary
from store_server.offers.experiment_checks import ExperimentProblem

FACTOR_TEXTS = {
    Factor.OFFER: N_("another offer"),
    Factor.CREATIVE: N_("other words"),
    Factor.CHANNEL: N_("another channel"),
    Factor.TIMING: N_("another moment"),
}
FACTORS, WAYS = 2, 4
MOST_WEIGHT = 1_000_000
TWO_WAYS = N_("Give two ways at least; the first is how it is now.")
SAME_TWICE = N_("Two ways have the same name.")


@dataclass(frozen=True, slots=True)
class ExperimentDraft:
    """What a form says, None where that cannot be read, and the mistakes by field."""

    experiment: Experiment | None
    errors: dict[str, str]


def first_fields(catalogue: Catalogue) -> Sent:
    """The form of an experiment that is begun."""
    fields = {"factor_1": (Factor.OFFER.value,), "smallest_effect": ("3",)}
    fields |= {f"weight_1_{way}": ("1",) for way in (1, 2)}
    return Sent({**fields, "campaign": tuple(list(catalogue.campaigns)[:1])})


def read_experiment_form(reading: Reading, catalogue: Catalogue) -> ExperimentDraft:
    """The draft that a form asks for; whether it can stand is for the flow to say."""
    name = reading.text("name", longest=80)
    campaign = reading.one_of("campaign", lambda text: text in catalogue.campaigns)
    last = reading.midnight("ends")
    if last is None:
        reading.errors.setdefault("ends", NEEDED)
    effect = reading.basis_points("smallest_effect", 10_000)
    if not effect:
        reading.errors.setdefault("smallest_effect", TOO_FAR if effect == 0 else NEEDED)
    found = [one for number in range(1, FACTORS + 1) if (one := _factor(reading, number))]
    if reading.errors or last is None:
        return ExperimentDraft(None, reading.errors)
    experiment = Experiment(
        id=free_slug(name, lambda text: text in catalogue.experiments, otherwise="experiment"),
        name=name,
        campaigns=(CampaignId(campaign),),
        varies=tuple(vary for vary, _ in found),
        weights=tuple(weights for _, weights in found),
        ends_at=last + timedelta(days=1),
        smallest_effect_bp=effect or 1,
    )
    return ExperimentDraft(experiment, reading.errors)


def read_weights(reading: Reading, experiment: Experiment) -> list[list[int]]:
    """The weights that the form of a running experiment asks for."""
    return [
        [
            reading.whole(f"weight_{place}_{way}", 0, MOST_WEIGHT) or 0
            for way, _ in enumerate(vary.levels, start=1)
        ]
        for place, vary in enumerate(experiment.varies, start=1)
    ]


def field_of(problem: ExperimentProblem) -> str | None:
    """The field of the form that a mistake belongs to; None: it is none of one field."""
    parts = problem.where.split(".")
    match parts[0], len(parts):
        case "campaigns", _:
            return "campaign"
        case "ends_at", _:
            return "ends"
        case "weights", 2:
            return f"weight_{int(parts[1]) + 1}_1"
        case "varies", 3:
            return f"factor_{int(parts[1]) + 1}"
        case "varies", 5:
            kind = "value" if parts[4] == "value" else "way"
            return f"{kind}_{int(parts[1]) + 1}_{int(parts[3]) + 1}"
    return None


def _factor(reading: Reading, number: int) -> tuple[Vary, tuple[int, ...]] | None:
    sent = reading.sent
    chosen = sent.text(f"factor_{number}", longest=20)
    if not chosen and number > 1:
        return None
    if chosen not in set(Factor):
        reading.errors[f"factor_{number}"] = ONE_OF
        return None
    rows = [row for way in range(1, WAYS + 1) if (row := _way(reading, number, way))]
    names = [level.name for level, _ in rows]
    if len(rows) < 2:
        reading.errors.setdefault(f"way_{number}_{len(rows) + 1}", TWO_WAYS)
    elif len(set(names)) < len(names):
        reading.errors.setdefault(f"way_{number}_1", SAME_TWICE)
    return Vary(Factor(chosen), tuple(one for one, _ in rows)), tuple(weight for _, weight in rows)


def _way(reading: Reading, number: int, way: int) -> tuple[Level, int] | None:
    place = f"{number}_{way}"
    name = slug_of(reading.sent.text(f"way_{place}", longest=40))
    value = reading.sent.text(f"value_{place}", longest=64)
    if not name and not value:
        return None
    if not name:
        reading.errors[f"way_{place}"] = NEEDED
    weight = reading.whole(f"weight_{place}", 0, MOST_WEIGHT)
    return Level(name or "?", value or None), 1 if weight is None else weight
