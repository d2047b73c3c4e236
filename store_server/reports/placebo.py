"""A placebo shop: campaigns whose effect is known, put through the code that the report uses.

A meter that says "95 %" should show it. Campaigns are drawn that look like the store's own (as
many units, as many held out, as many buyers, money as uneven, as well foretold by earlier spend);
half of them do nothing at all, the others add a known share of buyers. `effect.estimates`,
`confidence_sequence.reach` and the fixed intervals say what they would have said, at the end and
at every look before it. How often that was right stands beside each result.

The truth is exact, not estimated: an effect of d adds d to every unit's chance to buy, and
d x price to its mean spend.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store_server.reports.confidence_sequence import UNITS_LEAST, reach
from store_server.reports.effect import estimates, fixed_intervals
from store_server.reports.meter_shape import DataShape
from store_server.reports.moments import Floats, Moments, moments_from_sums
from store_server.reports.outcomes import Metric
from store_server.reports.power import POWER
from store_server.reports.proportions import Share, difference

Flags = NDArray[np.bool_]

CAMPAIGNS = 2_000
LOOKS = 28
AT_ONCE = 50
TRIES, HALVINGS = 2_000, 12
PRICE = 1.0
# Of the campaigns that do something: so many times what the arms can just see.
EFFECTS = (-1.0, 0.5, 1.0, 1.5)
COMPARED = (Metric.CONVERSION, Metric.SPEND)


@dataclass(frozen=True, slots=True)
class Scores:
    """How often one metric was right in known campaigns, each 0..1.

    fixed_right: read once at the end, the fixed interval held the truth. sequence_right: the
    sequence held it at every look. false_alarms: it left 0 out at some look, though there was
    nothing.
    """

    fixed_right: float
    sequence_right: float
    fixed_false_alarms: float
    false_alarms: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the placebo shop found for data of one shape.

    visible: the least true gain of shares that shows four times in five at the end.
    seen: how often a gain of that size was seen.
    """

    shape: DataShape
    campaigns: int
    looks: int
    visible: float
    seen: float
    conversion: Scores
    spend: Scores


def seed_of(shape: DataShape) -> int:
    """The seed for data of this shape: fixed by its name, before anybody looks."""
    return int.from_bytes(hashlib.blake2b(shape.key.encode(), digest_size=8).digest(), "big")


def calibrate(
    shape: DataShape, *, seed: int, campaigns: int = CAMPAIGNS, looks: int = LOOKS
) -> Calibration:
    """Run the placebo shop; the same seed gives the same figures.

    Args:
        shape: what the campaigns are like.
        seed: of everything that is drawn.
        campaigns: how many; an even number.
        looks: how often each is read; the last look is the planned end.
    """
    rng = np.random.default_rng(seed)
    visible = _visible(shape, rng=rng)
    number = np.arange(campaigns)
    sizes = np.array(EFFECTS)[number // 2 % len(EFFECTS)] * visible
    effects = np.where(number % 2 == 0, 0.0, np.clip(sizes, *_room(shape)))
    parts: dict[Metric, list[_Read]] = {metric: [] for metric in COMPARED}
    for some in np.array_split(effects, max(1, campaigns // AT_ONCE)):
        for metric, read in _read_some(shape, some, rng=rng, looks=looks):
            parts[metric].append(read)
    shares, money = (_joined(parts[metric]) for metric in COMPARED)
    just_seen = shares.fixed_without_0[np.isclose(shares.effect, visible)]
    return Calibration(
        shape=shape,
        campaigns=campaigns,
        looks=looks,
        visible=visible,
        seen=float(just_seen.mean()),
        conversion=_scores(shares),
        spend=_scores(money),
    )


class _Read(NamedTuple):
    """What was read of some campaigns, each [campaigns]; `effect` is of shares."""

    effect: Floats
    fixed_right: Flags
    fixed_without_0: Flags
    sequence_right: Flags
    sequence_without_0: Flags


def _read_some(
    shape: DataShape, effects: Floats, *, rng: np.random.Generator, looks: int
) -> Iterator[tuple[Metric, _Read]]:
    treated, control = _arms(shape, effects, rng=rng, looks=looks)
    for metric, column in ((Metric.CONVERSION, 0), (Metric.SPEND, 1)):
        truth = effects * (PRICE if metric is Metric.SPEND else 1.0)
        arms = [arm.of_columns([column, 2]) for arm in (treated, control)]
        found = estimates(arms[0], arms[1], metric)
        half = reach(found.error, found.units)
        early = np.minimum(arms[0].units, arms[1].units) < UNITS_LEAST
        half = np.where(early, np.inf, half)
        low, high = fixed_intervals(_at_the_end(arms[0]), _at_the_end(arms[1]), metric)
        away = np.abs(found.difference - truth[:, None])
        yield (
            metric,
            _Read(
                effect=effects,
                fixed_right=(low <= truth) & (truth <= high),
                fixed_without_0=(low > 0) | (high < 0),
                sequence_right=np.all(away <= half, axis=1),
                sequence_without_0=np.any(np.abs(found.difference) > half, axis=1),
            ),
        )


def _arms(
    shape: DataShape, effects: Floats, *, rng: np.random.Generator, looks: int
) -> tuple[Moments, Moments]:
    """Both arms of each campaign at each look: [campaigns, looks], columns bought, spend, before.

    Units come evenly over the time; each lands in its arm by chance.
    """
    a_day = max(1, round(shape.units / looks))
    size = (len(effects), looks, a_day)
    treated = rng.random(size) >= shape.control_bp / 10_000
    # Chances differ from unit to unit around the shop's rate, and leave room for the effect.
    spread = min(shape.rate, 1 - shape.rate) / 2
    chance = shape.rate + spread * rng.uniform(-1, 1, size)
    chance = chance + treated * effects[:, None, None]
    bought = (rng.random(size) < chance).astype(float)
    before, rest = _money(shape, size, rng=rng)
    table = np.stack([bought, rest + PRICE * bought, before], axis=-1)
    table -= table.mean(axis=(1, 2), keepdims=True) * np.array([0.0, 1.0, 1.0])
    return _through_time(table, treated), _through_time(table, ~treated)


def _money(
    shape: DataShape, size: tuple[int, ...], *, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Spend before, and what is spent beside the promoted article: lognormal, linked, mean 1."""
    sigma = np.sqrt(np.log1p(shape.unevenness**2))
    # The link of the logarithms that gives the wanted link of the amounts.
    link = np.log1p(np.sqrt(shape.foretold) * np.expm1(sigma**2)) / sigma**2
    one, other = rng.standard_normal(size), rng.standard_normal(size)
    other = link * one + np.sqrt(1 - link**2) * other
    before, rest = (np.exp(sigma * normal - sigma**2 / 2) for normal in (one, other))
    return before, rest


def _through_time(table: Floats, mask: Flags) -> Moments:
    """Moments of all units of an arm up to each look."""
    kept = table * mask[..., None]
    units = mask.sum(axis=2).astype(float).cumsum(axis=1)
    sums = kept.sum(axis=2).cumsum(axis=1)
    products = (np.swapaxes(kept, -1, -2) @ kept).cumsum(axis=1)
    return moments_from_sums(units, sums, products)


def _at_the_end(arm: Moments) -> Moments:
    return Moments(arm.units[:, -1], arm.mean[:, -1], arm.scatter[:, -1])


def _visible(shape: DataShape, *, rng: np.random.Generator) -> float:
    """The least gain that arms of this shape show four times in five, found by trying."""
    held_out = max(2, round(shape.units * shape.control_bp / 10_000))
    sizes = (shape.units - held_out, held_out)
    control = rng.binomial(sizes[1], shape.rate, TRIES)
    low, high = 0.0, _room(shape)[1]
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        treated = rng.binomial(sizes[0], shape.rate + middle, TRIES)
        seen = [
            difference(Share(int(one), sizes[0]), Share(int(other), sizes[1])).low > 0
            for one, other in zip(treated, control, strict=True)
        ]
        low, high = (low, middle) if np.mean(seen) >= POWER else (middle, high)
    return high


def _room(shape: DataShape) -> tuple[float, float]:
    """The largest loss and gain that leave every chance between 0 and 1."""
    spread = min(shape.rate, 1 - shape.rate) / 2
    return -(shape.rate - spread), 1 - shape.rate - spread


def _joined(reads: list[_Read]) -> _Read:
    return _Read(
        effect=np.concatenate([one.effect for one in reads]),
        fixed_right=np.concatenate([one.fixed_right for one in reads]),
        fixed_without_0=np.concatenate([one.fixed_without_0 for one in reads]),
        sequence_right=np.concatenate([one.sequence_right for one in reads]),
        sequence_without_0=np.concatenate([one.sequence_without_0 for one in reads]),
    )


def _scores(read: _Read) -> Scores:
    nothing = read.effect == 0
    return Scores(
        fixed_right=float(read.fixed_right.mean()),
        sequence_right=float(read.sequence_right.mean()),
        fixed_false_alarms=float(read.fixed_without_0[nothing].mean()),
        false_alarms=float(read.sequence_without_0[nothing].mean()),
    )
