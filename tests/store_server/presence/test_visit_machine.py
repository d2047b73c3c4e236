"""Visits of one shopper never overlap, whatever enters, leaves, is noticed late or starts anew."""

from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from store_server.presence.engine import ZoneEvent
from store_server.presence.policy import PresencePolicy
from store_server.presence.visit import Visit, VisitBook, VisitChange, VisitRules
from tests.store_server.presence.builders import SCOPE, T0
from tests.store_server.shop.builders import BAKERY, ENTRANCE

RULES = VisitRules(SCOPE, frozenset({"entrance"}), PresencePolicy())


class OneShopper(RuleBasedStateMachine):
    """`t` is the shopper's time, `noticed_t` the store's, which may be far ahead of it."""

    def __init__(self) -> None:
        super().__init__()
        self.t = self.noticed_t = T0
        self.zone: ZoneEvent | None = None
        self.book = VisitBook()
        self.kept: dict[str, Visit] = {}

    def keep(self, book: VisitBook, changes: list[VisitChange]) -> None:
        """As the database does: the last word on each visit."""
        self.book = book
        self.kept |= {change.visit.id: change.visit for change in changes}

    def tell(self, event: ZoneEvent) -> None:
        step = self.book.take([event], rules=RULES)
        assert step.visit_ids[event.id] in self.kept | {one.visit.id: 0 for one in step.changes}
        self.keep(step.book, step.changes)

    @rule(seconds=st.integers(1, 400))
    def passes(self, seconds: int) -> None:
        self.t += seconds

    @precondition(lambda self: self.zone is None)
    @rule(zone=st.sampled_from((BAKERY, ENTRANCE)))
    def enters(self, zone: str) -> None:
        zone_id = BAKERY if zone == BAKERY else ENTRANCE
        self.zone = ZoneEvent(f"in-{self.t}", "enter", "s-1", zone_id, self.t, self.t, 0.0)
        self.tell(self.zone)
        self.t += 1

    @precondition(lambda self: self.zone is not None)
    @rule()
    def leaves(self) -> None:
        assert self.zone is not None
        inside = self.zone
        stay_s = self.t - inside.t
        self.tell(
            ZoneEvent(
                f"out-{self.t}", "exit", "s-1", inside.zone, self.t, inside.t, stay_s, "silence"
            )
        )
        self.zone = None
        self.t += 1

    @rule(ahead_s=st.integers(0, 2_000))
    def the_store_looks(self, ahead_s: int) -> None:
        self.noticed_t = max(self.noticed_t, self.t + ahead_s)
        self.keep(*self.book.end_overdue(self.noticed_t, rules=RULES))

    @rule()
    def the_server_starts_anew(self) -> None:
        ended = {str(one.shopper): one for one in self.kept.values() if one.ended_at}
        self.book = VisitBook(dict(self.book.open), ended)

    @invariant()
    def visits_do_not_overlap(self) -> None:
        visits = sorted(self.kept.values(), key=lambda visit: visit.started_at)
        for before, after in pairwise(visits):
            assert before.ended_at is not None
            assert before.ended_at <= after.started_at
        assert sum(visit.ended_at is None for visit in visits) == len(self.book.open)

    @invariant()
    def a_gap_that_was_not_over_does_not_part_them(self) -> None:
        visits = sorted(self.kept.values(), key=lambda visit: visit.started_at)
        for before, after in pairwise(visits):
            assert before.ended_at is not None
            gap_s = (after.started_at - before.ended_at).total_seconds()
            assert gap_s >= RULES.gap_s(before)


TestOneShopper = OneShopper.TestCase
TestOneShopper.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
