"""A policy that cannot be is refused before it decides anything."""

import pytest

from tests.store_server.decisions.builders import a_policy


@pytest.mark.parametrize("holdout_bp", [-1, 10_001])
def test_a_holdout_is_a_share(holdout_bp: int) -> None:
    with pytest.raises(ValueError, match=r"holdout_bp is -?\d+; must be 0..10000"):
        a_policy(holdout_bp=holdout_bp)


def test_caps_cannot_be_negative() -> None:
    with pytest.raises(ValueError, match="caps and fatigue_minor must be 0 or more"):
        a_policy(cap_per_day=-1)
