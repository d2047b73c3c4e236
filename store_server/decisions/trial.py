"""A running experiment on a shelf: which slots it varies, and what each arm does to them.

Laid out once for a shelf, like the shelf itself. An offer that another level names is refused to
the unit; offers that no level names are everybody's. A stay is answered at the length that the
unit's arm waits for. Words and channel change nothing of what may be chosen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from store_server.decisions.experiment import Draws, arm_at
from store_server.decisions.request import DecisionRequest
from store_server.ids import CampaignId
from store_server.offers.campaign import Campaign
from store_server.offers.channel import ReadingChannel
from store_server.offers.experiment import Experiment, Factor
from store_server.offers.offer import Offer
from store_server.offers.trigger import TriggerKind

Places = NDArray[np.intp]
Slots = Sequence[tuple[Campaign, Offer, bool]]


@dataclass(frozen=True, slots=True)
class Varied:
    """What an arm does to the campaigns of its experiment; None: as the campaign has it."""

    creative: str | None = None
    channel: ReadingChannel | None = None


UNVARIED = Varied()


@dataclass(frozen=True, slots=True)
class Trial:
    """One experiment on one shelf.

    places: the slots of its campaigns. own_s: the length of stay that each of them waits for.
    refused: by arm, those whose offer is another level's. waits_s: by arm, the length of stay that
    it waits for, None as the campaign has it; empty: the timing is not varied. varied: by arm.
    channels: "channel:push" and the like of those that its arms name; whoever refuses one of them
    takes no part. holds_back: one of its campaigns is held back from somebody. draws: its arms.
    """

    experiment: Experiment
    places: Places
    own_s: NDArray[np.int64]
    refused: Mapping[str, Places]
    waits_s: Mapping[str, int | None]
    varied: Mapping[str, Varied]
    channels: frozenset[str]
    holds_back: bool
    draws: Draws = field(compare=False, repr=False)

    @property
    def refuses(self) -> bool:
        """Whether an arm refuses an offer or a length of stay: else it changes words alone."""
        return bool(self.refused or self.waits_s)

    def arm_of(self, request: DecisionRequest, unit: str) -> str | None:
        """The arm of who asks (`unit` is theirs), None when they take no part."""
        if self.channels and not self.channels.isdisjoint(request.shopper.excluded):
            return None
        return arm_at(
            unit,
            self.experiment,
            org=request.scope.org,
            at=request.at,
            kept=request.kept_arms,
            draws=self.draws,
        )

    def other_arms(self, request: DecisionRequest) -> list[Places]:
        """The slots that are another arm's; who takes no part has what the campaign says."""
        arm = request.arms.get(self.experiment.id)
        found = [self.refused[arm]] if arm is not None and arm in self.refused else []
        if self.waits_s and request.trigger.kind is TriggerKind.ZONE_DWELL:
            wait_s = self.waits_s[arm] if arm is not None else None
            waited_s = self.own_s if wait_s is None else np.full_like(self.own_s, wait_s)
            found.append(self.places[waited_s != (request.trigger.dwell_s or 0)])
        return [one for one in found if len(one)]


class TrialBook:
    """The experiments of a shelf together.

    refuses: an arm of one of them refuses something, so arms are drawn before gates are asked.
    """

    def __init__(self, trials: Sequence[Trial]) -> None:
        self._trials = trials
        self.refuses = any(one.refuses for one in trials)
        sizes = [len(one.places) for one in trials]
        self._starts = np.cumsum([0, *sizes[:-1]])
        self._places = np.concatenate([one.places for one in trials]) if trials else None

    def among(self, free: NDArray[np.bool_]) -> list[Trial]:
        """Those that vary one of these slots."""
        if self._places is None:
            return []
        hit = np.logical_or.reduceat(free[self._places], self._starts).tolist()
        return [one for one, some in zip(self._trials, hit, strict=True) if some]


def trials_of(experiments: Iterable[Experiment], slots: Slots) -> tuple[Trial, ...]:
    """The experiments that vary some of these slots, by id."""
    found = []
    for experiment in experiments:
        mine = set(experiment.campaigns)
        places = [n for n, (campaign, _, _) in enumerate(slots) if campaign.id in mine]
        if places:
            found.append(_trial(experiment, places, slots))
    return tuple(found)


def varied_of(trials: Iterable[Trial], arms: Mapping[str, str], campaign: CampaignId) -> Varied:
    """What the arms do to an offer of this campaign; no two experiments vary the same factor."""
    creative: str | None = None
    channel: ReadingChannel | None = None
    for one in trials:
        arm = arms.get(one.experiment.id)
        if arm is not None and campaign in one.experiment.campaigns:
            creative = one.varied[arm].creative or creative
            channel = one.varied[arm].channel or channel
    return Varied(creative, channel)


def _trial(experiment: Experiment, places: Sequence[int], slots: Slots) -> Trial:
    words = _values(experiment, Factor.CREATIVE)
    channels = {
        arm: ReadingChannel(value)
        for arm, value in _values(experiment, Factor.CHANNEL).items()
        if value is not None
    }
    return Trial(
        experiment,
        np.array(places, dtype=np.intp),
        np.array([slots[n][0].trigger.dwell_s or 0 for n in places], dtype=np.int64),
        _refused(experiment, places, slots),
        {
            arm: None if value is None else int(value)
            for arm, value in _values(experiment, Factor.TIMING).items()
        },
        {arm: Varied(words.get(arm), channels.get(arm)) for arm in experiment.arms},
        frozenset(f"channel:{one}" for one in channels.values()),
        any(slots[n][0].holdout_bp for n in places),
        Draws(experiment),
    )


def _refused(experiment: Experiment, places: Sequence[int], slots: Slots) -> dict[str, Places]:
    offers = _values(experiment, Factor.OFFER)
    named = set(offers.values()) - {None}
    return {
        arm: np.array([n for n in places if slots[n][1].id in named - {own}], dtype=np.intp)
        for arm, own in offers.items()
    }


def _values(experiment: Experiment, factor: Factor) -> dict[str, str | None]:
    """By arm, the value of its level of a factor; empty: it does not vary."""
    found: dict[str, str | None] = {}
    for number, vary in enumerate(experiment.varies):
        if vary.factor is factor:
            for arm in experiment.arms:
                levels = experiment.levels_of(arm)
                assert levels is not None
                found[arm] = vary.levels[levels[number]].value
    return found
