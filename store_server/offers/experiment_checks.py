"""What an experiment must say before it may draw anybody: every mistake by its place, at once."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import prod

from store_server.errors import Unprocessable
from store_server.ids import OfferId
from store_server.offers.campaign import Campaign
from store_server.offers.catalogue import Catalogue
from store_server.offers.channel import ReadingChannel
from store_server.offers.creative import split_key
from store_server.offers.experiment import (
    ARMS_MOST,
    CAMPAIGNS_MOST,
    FULL_BP,
    LEVELS_MOST,
    WEIGHT_MOST,
    Experiment,
    ExperimentState,
    Factor,
    Vary,
    Weights,
)
from store_server.offers.trigger import TriggerKind

CODE = "bad_experiment"
DWELL_MOST_S = 3_600
# What a push is in the arms of a channel experiment: sent, or only laid into the app's inbox.
CHANNELS = (ReadingChannel.PUSH, ReadingChannel.APP)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


@dataclass(frozen=True, slots=True)
class ExperimentProblem:
    """One mistake: where in the document, a stable code, what is wrong and what is expected."""

    where: str
    code: str
    text: str


class BadExperiment(Unprocessable):
    """An experiment cannot stand as it is."""

    reason = CODE

    def __init__(self, problems: Iterable[ExperimentProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{one.where}: {one.text}" for one in self.problems), code=CODE)


def check_experiment(experiment: Experiment, catalogue: Catalogue, *, now: datetime) -> None:
    """Nothing when the experiment can stand with these campaigns and offers.

    Raises:
        BadExperiment: with every mistake.
    """
    found = list(problems_of(experiment, catalogue))
    if experiment.ends_at <= now and experiment.state is not ExperimentState.STOPPED:
        found.append(_problem("ends_at", "past", f"is {experiment.ends_at}; must be to come"))
    if found:
        raise BadExperiment(found)


def problems_of(experiment: Experiment, catalogue: Catalogue) -> Iterator[ExperimentProblem]:
    """Every mistake, wherever it stands; none: it can draw."""
    if not 0 < len(experiment.name.strip()) <= 80 or not experiment.name.isprintable():
        yield _problem("name", "text", "must be 1 to 80 printable characters")
    if not 1 <= experiment.smallest_effect_bp <= FULL_BP:
        yield _problem("smallest_effect_bp", "range", f"must be 1 to {FULL_BP} (300 = 3 points)")
    yield from _of_namespace(experiment)
    yield from _of_campaigns(experiment, catalogue)
    yield from _of_varies(experiment.varies)
    yield from weight_problems(experiment.varies, experiment.weights)
    campaigns = [
        catalogue.campaigns[one] for one in experiment.campaigns if one in catalogue.campaigns
    ]
    for place, vary in enumerate(experiment.varies):
        for number, level in enumerate(vary.levels):
            where = f"varies.{place}.levels.{number}.value"
            if level.value is None:
                continue
            for text in _of_value(vary.factor, level.value, campaigns, catalogue):
                yield _problem(where, "value", text)
        if vary.factor is Factor.TIMING:
            yield from _of_timing(campaigns, where=f"varies.{place}.factor")
        if len({level.value for level in vary.levels}) < len(vary.levels):
            yield _problem(f"varies.{place}.levels", "twice", "two levels do the same")


def weight_problems(varies: Sequence[Vary], weights: Weights) -> Iterator[ExperimentProblem]:
    """What is wrong with the weights of these factors."""
    if [len(one) for one in weights] != [len(one.levels) for one in varies]:
        shape = [len(one.levels) for one in varies]
        yield _problem("weights", "shape", f"must be a list for each factor, of {shape} weights")
        return
    for place, each in enumerate(weights):
        if not all(0 <= one <= WEIGHT_MOST for one in each):
            yield _problem(f"weights.{place}", "range", f"must be whole numbers 0 to {WEIGHT_MOST}")
        elif not each[0] or not any(each[1:]):
            text = "the control (the first) and one other must draw somebody"
            yield _problem(f"weights.{place}", "no_control", text)


def conflicts_of(experiment: Experiment, running: Iterable[Experiment]) -> list[str]:
    """The running experiments that vary the same factor of one campaign for the same people."""
    factors = {one.factor for one in experiment.varies}
    return [
        other.id
        for other in running
        if other.id != experiment.id
        and other.state is ExperimentState.RUNNING
        and factors & {one.factor for one in other.varies}
        and set(experiment.campaigns) & set(other.campaigns)
        and _share_people(experiment, other)
    ]


def _share_people(one: Experiment, other: Experiment) -> bool:
    if one.namespace is None or other.namespace is None:
        return True
    return one.namespace.overlaps(other.namespace)


def _of_namespace(experiment: Experiment) -> Iterator[ExperimentProblem]:
    part = experiment.namespace
    if part is None:
        return
    if _NAME.fullmatch(part.name) is None:
        yield _problem("namespace.name", "slug", _SLUG)
    if not 0 <= part.from_bp < part.until_bp <= FULL_BP:
        yield _problem(
            "namespace", "range", f"from_bp and until_bp must be within 0 to {FULL_BP}, ascending"
        )


def _of_campaigns(experiment: Experiment, catalogue: Catalogue) -> Iterator[ExperimentProblem]:
    names = experiment.campaigns
    if not 1 <= len(set(names)) == len(names) <= CAMPAIGNS_MOST:
        yield _problem("campaigns", "count", f"must be 1 to {CAMPAIGNS_MOST} ids, each once")
    for place, name in enumerate(names):
        if name not in catalogue.campaigns:
            yield _problem(f"campaigns.{place}", "unknown", f"there is no campaign {name!r}")


def _of_varies(varies: Sequence[Vary]) -> Iterator[ExperimentProblem]:
    factors = [one.factor for one in varies]
    if not factors or len(set(factors)) < len(factors):
        yield _problem("varies", "count", "must be one or more factors, each once")
    if prod(len(one.levels) for one in varies) > ARMS_MOST:
        yield _problem("varies", "count", f"makes more than {ARMS_MOST} arms")
    for place, one in enumerate(varies):
        names = [level.name for level in one.levels]
        where = f"varies.{place}.levels"
        if not 2 <= len(names) <= LEVELS_MOST or len(set(names)) < len(names):
            yield _problem(where, "count", f"must be 2 to {LEVELS_MOST}, each name once")
        for number, name in enumerate(names):
            if _NAME.fullmatch(name) is None:
                yield _problem(f"{where}.{number}.name", "slug", _SLUG)


def _of_value(
    factor: Factor, value: str, campaigns: Sequence[Campaign], catalogue: Catalogue
) -> Iterator[str]:
    match factor:
        case Factor.OFFER:
            for one in campaigns:
                if value not in one.offers:
                    yield f"{value!r} is no offer of campaign {one.id}; it has {list(one.offers)}"
        case Factor.CREATIVE:
            for one in campaigns:
                for name in one.offers_named():
                    missing = _speechless(catalogue, name, variant=value)
                    if missing:
                        yield f"offer {name} has no words {value!r} in {', '.join(missing)}"
        case Factor.CHANNEL:
            if value not in CHANNELS:
                yield f"is {value!r}; must be one of {', '.join(CHANNELS)}"
        case Factor.TIMING:
            if not value.isdecimal() or not 1 <= int(value) <= DWELL_MOST_S:
                yield f"is {value!r}; must be 1 to {DWELL_MOST_S} seconds of dwell"


def _speechless(catalogue: Catalogue, offer: OfferId, *, variant: str) -> list[str]:
    """Languages in which the offer has words, but not this variant of them."""
    keys = [split_key(key) for key in catalogue.offers[offer].creatives]
    plain = {one.language for one in keys if one.variant is None and one.channel is None}
    varied = {one.language for one in keys if one.variant == variant and one.channel is None}
    return sorted(plain - varied)


def _of_timing(campaigns: Sequence[Campaign], *, where: str) -> Iterator[ExperimentProblem]:
    for one in campaigns:
        if one.trigger.kind is not TriggerKind.ZONE_DWELL:
            yield _problem(
                where,
                "no_dwell",
                f"campaign {one.id} waits for {one.trigger.kind}; must be zone_dwell",
            )


def _problem(where: str, code: str, text: str) -> ExperimentProblem:
    return ExperimentProblem(where, code, text)


_SLUG = "must be 1 to 32 of a-z 0-9 _ - and start with a letter or digit"
