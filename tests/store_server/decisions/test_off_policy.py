"""The value of a policy that never ran is found in the log of one that did, with its error."""

import numpy as np
import pytest

from store_server.decisions.off_policy import LoggedChoice, PolicyValue, value_of

# What three offers bring on average, in two kinds of visit, and how the two policies choose.
REWARDS = np.array([[1.0, 3.0, 0.5], [2.0, 0.0, 4.0]])
LOGGED = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1]])
OTHER = np.array([[0.1, 0.8, 0.1], [0.1, 0.1, 0.8]])
TRUTH = float((OTHER * REWARDS).sum(axis=1).mean())
LOGS = 200


def a_log(
    seed: int, *, size: int = 300, model: float = 0.0, told: np.ndarray | None = None, same: int = 1
) -> list[LoggedChoice]:
    """`same` equal decisions of each unit; `model` scales the truth that is modelled."""
    rng = np.random.default_rng(seed)
    written = LOGGED if told is None else told
    log = []
    for unit in range(size // same):
        kind = int(rng.integers(2))
        done = int(rng.choice(3, p=LOGGED[kind]))
        reward = float(REWARDS[kind, done] + rng.normal())
        choice = LoggedChoice(
            unit=f"h{unit}",
            reward=reward,
            propensity=float(written[kind, done]),
            other=float(OTHER[kind, done]),
            modelled=model * float(REWARDS[kind, done]),
            modelled_other=model * float(OTHER[kind] @ REWARDS[kind]),
        )
        log += [choice] * same
    return log


def covered(values: list[PolicyValue], name: str) -> int:
    found = [getattr(value, name).interval for value in values]
    return sum(low <= TRUTH <= high for low, high in found)


@pytest.fixture(scope="module")
def values() -> list[PolicyValue]:
    return [value_of(a_log(seed, model=0.8)) for seed in range(LOGS)]


@pytest.mark.parametrize("name", ["ips", "snips", "doubly_robust"])
def test_the_interval_covers_the_truth_as_often_as_it_says(
    values: list[PolicyValue], name: str
) -> None:
    # 95 % +- 3 standard errors of 200 logs; the weights are skewed, so a little below is no lie.
    assert 0.90 * LOGS <= covered(values, name) <= 0.99 * LOGS


@pytest.mark.parametrize("name", ["ips", "snips", "doubly_robust"])
def test_the_estimates_lie_around_the_truth(values: list[PolicyValue], name: str) -> None:
    found = np.array([getattr(value, name).value for value in values])

    assert abs(found.mean() - TRUTH) < 4 * found.std() / LOGS**0.5


def test_a_model_makes_the_doubly_robust_the_surest(values: list[PolicyValue]) -> None:
    errors = {
        name: np.median([getattr(value, name).error for value in values])
        for name in ("ips", "snips", "doubly_robust")
    }

    assert errors["doubly_robust"] < errors["snips"] < errors["ips"]


def test_a_right_model_mends_wrong_probabilities() -> None:
    wrong = np.full((2, 3), 1 / 3)

    found = value_of(a_log(1, size=20_000, model=1.0, told=wrong))

    assert found.doubly_robust.value == pytest.approx(TRUTH, abs=0.05)
    assert abs(found.ips.value - TRUTH) > 0.5


def test_the_policy_that_ran_is_worth_what_it_brought() -> None:
    log = [LoggedChoice(f"h{n}", n % 3, propensity=0.4, other=0.4) for n in range(99)]

    found = value_of(log)

    assert found.ips == found.snips == found.logged
    assert found.logged.value == pytest.approx(1.0)


def test_decisions_of_one_unit_are_not_counted_as_many() -> None:
    once, repeated = value_of(a_log(3, size=400)), value_of(a_log(3, size=4000, same=10))

    assert repeated.units == once.units == 400
    assert repeated.ips.error == pytest.approx(once.ips.error)


def test_what_the_log_never_did_is_said_and_not_guessed() -> None:
    log = [LoggedChoice(f"h{n}", 1.0, propensity=1.0, other=0.2, covered=0.2) for n in range(99)]

    found = value_of(log)

    assert found.unsupported == pytest.approx(0.8)
    assert not found.is_trustworthy


def test_one_unit_has_no_error() -> None:
    with pytest.raises(ValueError, match="1 units"):
        value_of([LoggedChoice("h1", 1.0, propensity=0.5, other=0.5)] * 9)


@pytest.mark.parametrize(("propensity", "other"), [(0.0, 0.5), (1.1, 0.5), (0.5, -0.1)])
def test_what_is_no_probability_is_refused(propensity: float, other: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        LoggedChoice("h1", 1.0, propensity=propensity, other=other)
