"""What an offer adds: the share of non-buyers whom it makes buy, and what is believed of it.

    P(buy | offer) = p0 + (1 - p0) x effect

Evidence comes from two arms of like shoppers. A shown decision obeys

    E[bought] = scale x p0 + (1 - p0) x effect,    a held-out one    E[bought] = scale x p0,

where `scale` corrects the purchase model for this offer's category. With a normal prior on both
numbers that is Bayesian linear regression: six sums are all that is kept of any number of
decisions, they add up in any order, and the belief follows in closed form, the doubt about the
scale included. An effect may be below nought: some offers drive people away.

Segments of shoppers share what they have in common: the effect in a segment is the offer's effect
plus a normal deviation, so that a segment of ten decisions is believed to be like the others, and
one of ten thousand speaks for itself.
Source: Gelman et al., Bayesian Data Analysis (3rd ed.), sections 5.4 and 14.2.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import NamedTuple, Protocol

from store_server.offers.offer import EffectPrior


class Lots(Protocol):
    """Where draws come from: `random.Random`, for one."""

    def gauss(self, mu: float, sigma: float) -> float:
        """One draw of the normal distribution."""
        ...


# How far the purchase model's chance may be off for one category, as a share of it.
SCALE_SD = 0.25
# How much the effect differs between segments.
SEGMENT_SD = 0.05
# A marketer's stated mean may be wrong altogether: no belief starts narrower than this.
LEAST_PRIOR_SD = 0.15
# Of a single purchase: keeps one lucky buyer among the never-buyers from counting as a hundred.
LEAST_VARIANCE = 0.05


# Changes that are remembered by name, for those who follow them.
LOG_MOST = 10_000

# Of P(buy | no offer): never-buyers, occasional, regular and sure buyers answer an offer
# differently. As segments of the belief the bands cost nothing where they do not
# (benchmarks/learning_margin.py, two seeds: .942 of the oracle against .943) and help where they
# do (.33 against .25).
BAND_EDGES = (0.0, 0.05, 0.2, 0.5)


def buying_band(chance_without: float) -> str:
    """The segment of a shopper who buys with this chance unasked: "0" to "3".

    Example:
        >>> buying_band(0.1)
        '1'
    """
    return str(bisect_right(BAND_EDGES, chance_without) - 1)


def chance_with_offer(chance_without: float, effect: float) -> float:
    """P(buy | offer) of a shopper who buys with `chance_without` unasked; both chances 0..1.

    Args:
        chance_without: P(buy | no offer).
        effect: at most 1; below 0 for an offer that drives people away.

    Example:
        >>> chance_with_offer(0.5, 0.5)
        0.75
    """
    return max(chance_without + (1.0 - chance_without) * effect, 0.0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What all decisions about an offer in a segment came to: sums of weighted products."""

    shown: int = 0
    held_out: int = 0
    bought_shown: int = 0
    bought_held_out: int = 0
    base_base: float = 0.0  # sum of p0^2 / variance, both arms
    base_room: float = 0.0  # sum of p0 (1 - p0) / variance, shown
    room_room: float = 0.0  # sum of (1 - p0)^2 / variance, shown
    base_bought: float = 0.0  # sum of p0 bought / variance, both arms
    room_bought: float = 0.0  # sum of (1 - p0) bought / variance, shown

    @classmethod
    def of(
        cls, *, shown: bool, bought: bool, chance_without: float, dose: float = 1.0
    ) -> "Evidence":
        """The evidence of one decision.

        Args:
            shown: False: held out, the offer was chosen and not shown.
            bought: whether the category was bought in the window after it.
            chance_without: P(buy | no offer) as it stood at the decision.
            dose: personal discount over face value: a half is taken to do half as much.
        """
        weight = 1.0 / max(chance_without * (1.0 - chance_without), LEAST_VARIANCE)
        room = (1.0 - chance_without) * dose if shown else 0.0
        return cls(
            int(shown),
            int(not shown),
            int(shown and bought),
            int(bought and not shown),
            weight * chance_without**2,
            weight * chance_without * room,
            weight * room**2,
            weight * chance_without * bought,
            weight * room * bought,
        )

    def __add__(self, other: "Evidence") -> "Evidence":
        """Both together."""
        return Evidence(
            *(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True))
        )


class EffectBelief(NamedTuple):
    """A normal belief of an effect."""

    mean: float
    sd: float

    def draw(self, rng: Lots) -> float:
        """One effect as likely as it is believed (Thompson sampling); -1..1.

        Source: Thompson, "On the likelihood that one unknown probability exceeds another"
        (Biometrika 1933).
        """
        return min(max(rng.gauss(self.mean, self.sd), -1.0), 1.0)


class OfferEffects:
    """Evidence by offer and segment, and the beliefs that follow from it."""

    def __init__(self, evidence: Mapping[tuple[str, str], Evidence] | None = None) -> None:
        self._of: dict[str, dict[str, Evidence]] = {}
        self._beliefs: dict[str, dict[tuple[str, EffectPrior], EffectBelief]] = {}
        self._log: list[str] = []
        self._dropped = 0
        for (offer, segment), one in (evidence or {}).items():
            self.learn(offer, segment, evidence=one)

    def update(
        self, offer: str, segment: str = "", *, shown: bool, bought: bool, chance_without: float
    ) -> None:
        """Learn how one decision came out; see `Evidence.of`."""
        made = Evidence.of(shown=shown, bought=bought, chance_without=chance_without)
        self.learn(offer, segment, evidence=made)

    def learn(self, offer: str, segment: str = "", *, evidence: Evidence) -> None:
        """Add evidence; segment "" is for shoppers of none."""
        segments = self._of.setdefault(offer, {})
        segments[segment] = segments.get(segment, Evidence()) + evidence
        self._changed(offer)

    def belief(self, offer: str, segment: str = "", *, prior: EffectPrior) -> EffectBelief:
        """What the effect of the offer in the segment is believed to be."""
        known = self._beliefs.setdefault(offer, {})
        found = known.get((segment, prior))
        if found is None:
            found = believe(self._of.get(offer, {}), segment, prior=prior)
            known[(segment, prior)] = found
        return found

    def chance_with(
        self, offer: str, segment: str = "", *, prior: EffectPrior, chance_without: float
    ) -> float:
        """P(buy | offer) by the mean of the belief, 0..1."""
        mean = self.belief(offer, segment, prior=prior).mean
        return chance_with_offer(chance_without, min(mean, 1.0))

    def evidence(self, offer: str, segment: str = "") -> Evidence:
        """What is known so far."""
        return self._of.get(offer, {}).get(segment, Evidence())

    def forget(self, offer: str) -> bool:
        """Drop what is known of an offer, its terms having changed; whether there was anything."""
        self._changed(offer)
        return self._of.pop(offer, None) is not None

    @property
    def learned(self) -> int:
        """How often anything changed."""
        return self._dropped + len(self._log)

    def learned_since(self, number: int) -> frozenset[str] | None:
        """The offers that changed since `learned` was `number`; None: any, it is too long ago."""
        if number < self._dropped:
            return None
        return frozenset(self._log[number - self._dropped :])

    def _changed(self, offer: str) -> None:
        self._beliefs.pop(offer, None)
        if len(self._log) >= LOG_MOST:
            self._dropped += len(self._log)
            self._log.clear()
        self._log.append(offer)


def believe(segments: Mapping[str, Evidence], segment: str, *, prior: EffectPrior) -> EffectBelief:
    """The belief of the effect in one segment, with what the other segments say of the offer.

    Args:
        segments: evidence of the offer by segment.
        segment: the one asked about; it may be without evidence.
        prior: the offer's stated belief; its mean, and a width that is never less than
            LEAST_PRIOR_SD.
    """
    precision = 1.0 / prior_sd(prior) ** 2
    weighted = precision * prior.mean
    spread = SEGMENT_SD**2
    for name, evidence in sorted(segments.items()):
        if name == segment:
            continue
        own_precision, own_mean = _told(evidence)
        if own_precision > 0.0:
            told = 1.0 / (1.0 / own_precision + spread)
            precision += told
            weighted += told * own_mean
    # The segment's own effect, before its own evidence: the offer's, and how segments differ.
    before = 1.0 / (1.0 / precision + spread)
    own_precision, own_mean = _told(segments.get(segment, Evidence()))
    total = before + own_precision
    mean = (before * weighted / precision + own_precision * own_mean) / total
    return EffectBelief(mean, total**-0.5)


def prior_sd(prior: EffectPrior) -> float:
    """The width a belief starts with: that of the stated Beta, and never too sure."""
    beta_sd = (prior.mean * (1.0 - prior.mean) / (prior.strength + 1.0)) ** 0.5
    return float(max(beta_sd, LEAST_PRIOR_SD))


def _told(evidence: Evidence) -> tuple[float, float]:
    """What evidence alone says of the effect, the scale integrated out: (precision, mean)."""
    scale_precision = evidence.base_base + 1.0 / SCALE_SD**2
    precision = evidence.room_room - evidence.base_room**2 / scale_precision
    if precision <= 1e-12:
        return 0.0, 0.0
    scale_weighted = evidence.base_bought + 1.0 / SCALE_SD**2
    weighted = evidence.room_bought - evidence.base_room * scale_weighted / scale_precision
    return precision, weighted / precision
