"""Flow (read): why one shopper is in a segment or not, in words."""

from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.segment_facts import subjects_of
from store_server.flows.show_segments import segment_of
from store_server.ids import ShopperId
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import AttributeRepository, ConsentRepository
from store_server.shoppers.segments.explanation import LeafVerdict, explain
from store_server.shoppers.segments.segment import Segment
from store_server.shoppers.segments.sentence import say_leaf


@dataclass(frozen=True, slots=True)
class ExplainedLeaf:
    """One leaf of the tree, and how it is said."""

    verdict: LeafVerdict
    sentence: str


@dataclass(frozen=True, slots=True)
class ExplainedMembership:
    """Whether a shopper belongs, and which leaves decided.

    `profile_allowed` is False when the shopper did not agree to a profile: then attributes,
    purchases and what was worked out of them are not looked at.
    """

    segment: Segment
    belongs: bool
    profile_allowed: bool
    leaves: tuple[ExplainedLeaf, ...]


def explain_segment(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    segment_id: str,
    shopper: ShopperId,
    language: str = "en",
) -> ExplainedMembership:
    """Why a shopper is in a segment or not, at this moment.

    Raises:
        NotFound: there is no such segment or shopper.
        Unprocessable: the language is not spoken.
    """
    segment = segment_of(uow.live, segment_id)
    subject = subjects_of(uow, rooms, now=now, shoppers=[shopper]).get(shopper)
    if subject is None:
        raise NotFound("no such shopper", code="unknown_shopper")
    verdict = explain(segment.tree, subject, uow.live.segments.trees)
    schema = AttributeRepository(uow.session, rooms.scope).schema()
    consents = ConsentRepository(uow.session, rooms.scope)
    agreed = consents.allowed_among([shopper], Purpose.PROFILE, at=now)
    said = (
        say_leaf(one.leaf, language, currency=rooms.policy.currency, schema=schema)
        for one in verdict.leaves
    )
    leaves = tuple(map(ExplainedLeaf, verdict.leaves, said))
    return ExplainedMembership(segment, verdict.belongs, shopper in agreed, leaves)
