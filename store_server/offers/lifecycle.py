"""How a campaign comes to speak and falls silent: the legal moves between its states.

    draft --submit--> in review --approve--> scheduled --start--> live <-pause/resume-> paused
      ^----send_back------'                    |   |               |                      |
      '------------------withdraw--------------'   '----end--------+----------end---------+-> ended

`start` and, when its time is over, `end` are moves of the clock; the others are of people. An
ended campaign stays ended: what is to come again is another campaign. Edits are no moves: they
make a new version (`edited`).
"""

from collections import deque
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from store_server.errors import Conflict
from store_server.offers.campaign import Campaign, CampaignState

_S = CampaignState


class Move(StrEnum):
    """What takes a campaign from one state to another."""

    SUBMIT = "submit"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    WITHDRAW = "withdraw"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


_MOVES: dict[tuple[CampaignState, Move], CampaignState] = {
    (_S.DRAFT, Move.SUBMIT): _S.IN_REVIEW,
    (_S.IN_REVIEW, Move.SEND_BACK): _S.DRAFT,
    (_S.IN_REVIEW, Move.APPROVE): _S.SCHEDULED,
    (_S.SCHEDULED, Move.WITHDRAW): _S.DRAFT,
    (_S.SCHEDULED, Move.START): _S.LIVE,
    (_S.LIVE, Move.PAUSE): _S.PAUSED,
    (_S.PAUSED, Move.RESUME): _S.LIVE,
    (_S.SCHEDULED, Move.END): _S.ENDED,
    (_S.LIVE, Move.END): _S.ENDED,
    (_S.PAUSED, Move.END): _S.ENDED,
}
# What brings a campaign nearer to speaking: the checklist must hold.
TOWARDS_LIVE = frozenset({Move.SUBMIT, Move.APPROVE, Move.RESUME})
# Without another person's word it would speak.
_ONE_WISH = (_S.SCHEDULED, _S.LIVE)
NEEDS_APPROVAL = frozenset({_S.SCHEDULED, _S.LIVE, _S.PAUSED})


def moves_from(state: CampaignState) -> tuple[Move, ...]:
    """What people may do with a campaign in this state, in the order of `Move`."""
    return tuple(move for move in Move if (state, move) in _MOVES and move is not Move.START)


def moved(campaign: Campaign, move: Move) -> Campaign:
    """The campaign after a move; its version stays.

    Raises:
        Conflict: `illegal_move`, with the moves that are legal.
    """
    state = _MOVES.get((campaign.state, move))
    if state is None:
        legal = ", ".join(moves_from(campaign.state)) or "none: make another campaign"
        raise Conflict(
            f"campaign {campaign.id} is {campaign.state.value}; {move.value} is not done from "
            f"there. Legal: {legal}",
            code="illegal_move",
        )
    return replace(campaign, state=state)


def due_move(campaign: Campaign, at: datetime) -> Move | None:
    """What the clock does with the campaign at `at`: start it, end it, or nothing."""
    if campaign.state not in NEEDS_APPROVAL:
        return None
    if campaign.ends_at is not None and at >= campaign.ends_at:
        return Move.END
    started = campaign.starts_at is None or campaign.starts_at <= at
    return Move.START if campaign.state is _S.SCHEDULED and started else None


def path(state: CampaignState, wanted: CampaignState) -> tuple[Move, ...]:
    """The fewest moves of people from one state to another.

    Scheduled and live are one wish: which of them it is, the clock says.

    Raises:
        Conflict: `illegal_move`: no moves of people lead there.
    """
    goals = {wanted}
    if wanted in _ONE_WISH and state in (_S.DRAFT, _S.IN_REVIEW, *_ONE_WISH):
        goals = set(_ONE_WISH)
    ways: deque[tuple[CampaignState, tuple[Move, ...]]] = deque([(state, ())])
    seen = {state}
    while ways:
        here, taken = ways.popleft()
        if here in goals:
            return taken
        for move in moves_from(here):
            there = _MOVES[here, move]
            if there not in seen:
                seen.add(there)
                ways.append((there, (*taken, move)))
    raise Conflict(
        f"no moves lead from {state.value} to {wanted.value}; legal from {state.value}: "
        f"{', '.join(moves_from(state)) or 'none'}",
        code="illegal_move",
    )


def edited(before: Campaign | None, asked: Campaign) -> Campaign:
    """What an edit makes of a campaign: the next version, in the state that it had.

    A campaign in review goes back to draft: what was to be reviewed has changed.

    Raises:
        Conflict: `campaign_ended`.
    """
    if before is None:
        return replace(asked, state=_S.DRAFT, version=1)
    if before.state is _S.ENDED:
        raise Conflict(
            f"campaign {before.id} has ended and is not changed any more; make another one",
            code="campaign_ended",
        )
    state = _S.DRAFT if before.state is _S.IN_REVIEW else before.state
    return replace(asked, state=state, version=before.version + 1)
