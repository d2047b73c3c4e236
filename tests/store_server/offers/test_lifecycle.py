"""A campaign moves only as the table of moves allows, whatever is asked of it in any order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from store_server.errors import Conflict
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.lifecycle import Move, due_move, edited, moved, moves_from, path
from tests.store_server.offers.builders import NOON, a_campaign

S = CampaignState
SPEAKING = {S.SCHEDULED, S.LIVE, S.PAUSED}
# As the issue draws it; kept apart from the table in the code.
NEXT = {
    S.DRAFT: {S.IN_REVIEW},
    S.IN_REVIEW: {S.DRAFT, S.SCHEDULED},
    S.SCHEDULED: {S.DRAFT, S.LIVE, S.ENDED},
    S.LIVE: {S.PAUSED, S.ENDED},
    S.PAUSED: {S.LIVE, S.ENDED},
    S.ENDED: set[CampaignState](),
}


class OneCampaign(RuleBasedStateMachine):
    """Moves, edits and passing time; what was approved, and what was seen so far."""

    def __init__(self) -> None:
        super().__init__()
        self.campaign: Campaign = a_campaign(
            state=S.DRAFT,
            starts_at=NOON + timedelta(hours=5),
            ends_at=NOON + timedelta(hours=20),
        )
        self.now = NOON
        self.approved = False
        self.versions = [1]

    @rule(move=st.sampled_from([one for one in Move if one is not Move.START]))
    def somebody_moves(self, move: Move) -> None:
        before = self.campaign.state
        if move not in moves_from(before):
            with pytest.raises(Conflict):
                moved(self.campaign, move)
            return
        self.step(moved(self.campaign, move))
        self.approved = self.campaign.state in SPEAKING and (self.approved or move is Move.APPROVE)

    @rule(name=st.sampled_from(["a", "b"]))
    def somebody_edits(self, name: str) -> None:
        if self.campaign.state is S.ENDED:
            with pytest.raises(Conflict):
                edited(self.campaign, replace(self.campaign, name=name))
            return
        before = self.campaign.state
        self.campaign = edited(self.campaign, replace(self.campaign, name=name, state=S.LIVE))
        self.versions.append(self.campaign.version)
        assert self.campaign.state is (S.DRAFT if before is S.IN_REVIEW else before)

    @rule(hours=st.integers(1, 6))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        while (due := due_move(self.campaign, self.now)) is not None:
            self.step(moved(self.campaign, due))

    def step(self, after: Campaign) -> None:
        assert after.state in NEXT[self.campaign.state]
        assert after.version == self.campaign.version
        self.campaign = after

    @invariant()
    def only_what_was_approved_is_on_its_way_to_speak(self) -> None:
        assert self.campaign.state not in SPEAKING or self.approved

    @invariant()
    def every_version_is_higher_than_the_one_before(self) -> None:
        assert self.versions == sorted(set(self.versions))

    @invariant()
    def after_the_clock_nothing_is_live_past_its_end(self) -> None:
        late = self.campaign.ends_at is not None and self.now >= self.campaign.ends_at
        assert not (late and due_move(self.campaign, self.now) is None) or (
            self.campaign.state not in SPEAKING
        )


TestOneCampaign = OneCampaign.TestCase
TestOneCampaign.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("wanted", list(S))
def test_a_path_is_made_of_legal_moves_or_refused(state: S, wanted: S) -> None:
    campaign = a_campaign(state=state)
    try:
        moves = path(state, wanted)
    except Conflict:
        return

    for move in moves:
        campaign = moved(campaign, move)

    one_wish = {S.SCHEDULED, S.LIVE}
    assert campaign.state is wanted or {campaign.state, wanted} == one_wish


def test_a_draft_goes_live_by_review_and_approval() -> None:
    assert path(S.DRAFT, S.LIVE) == (Move.SUBMIT, Move.APPROVE)
    assert path(S.SCHEDULED, S.LIVE) == ()


def test_an_illegal_move_names_the_legal_ones() -> None:
    with pytest.raises(Conflict, match=r"bakery is live; approve .* Legal: pause, end"):
        moved(a_campaign(), Move.APPROVE)
