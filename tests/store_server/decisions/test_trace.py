"""The trace in a row gives the candidates back, and stays small."""

from hypothesis import given
from hypothesis import strategies as st

from store_server.decisions.decision import Candidate
from store_server.decisions.reason import Reason
from store_server.decisions.trace import (
    read_candidates,
    read_reasons,
    write_candidates,
    write_reasons,
)
from store_server.ids import CampaignId, OfferId

NAMES = st.text("abc-", min_size=1, max_size=8)
NUMBERS = st.none() | st.floats(allow_nan=False, allow_infinity=False)
CANDIDATES = st.builds(
    Candidate,
    NAMES.map(CampaignId),
    st.none() | NAMES.map(OfferId),
    st.none() | st.sampled_from(Reason),
    NUMBERS,
    NUMBERS,
    NUMBERS,
)


@given(st.lists(CANDIDATES).map(tuple))
def test_candidates_are_read_as_they_were_written(candidates: tuple[Candidate, ...]) -> None:
    assert read_candidates(write_candidates(candidates)) == candidates


@given(st.lists(st.sampled_from(Reason)).map(tuple))
def test_reasons_are_read_as_they_were_written(reasons: tuple[Reason, ...]) -> None:
    assert read_reasons(write_reasons(reasons)) == reasons


def test_a_refused_campaign_takes_little_room() -> None:
    refused = Candidate(CampaignId("bakery-dwell"), None, Reason.CAP_VISIT)

    assert len(write_candidates([refused])) <= 60
