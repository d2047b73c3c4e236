"""Decisions are shown newest first, page by page, each with its sentence."""

import pytest

from store_server.database import Database, read_only
from store_server.errors import NotFound, Unprocessable
from store_server.flows.show_decisions import DecisionPage, show_decision, show_decisions
from tests.store_server.flows.decision_builders import Shop, a_shop
from tests.store_server.offers.builders import a_trigger


def page(
    shop: Shop, *, limit: int = 50, outcome: str | None = None, before: str | None = None
) -> DecisionPage:
    with read_only(shop.database.read, shop.rooms.live) as uow:
        return show_decisions(
            uow, shop.rooms, now=shop.now, limit=limit, outcome=outcome, before=before
        )


def test_pages_follow_each_other_to_the_end(database: Database) -> None:
    shop = a_shop(database)
    made = shop.decide(*(a_trigger(f"e{n}") for n in range(5)))

    first = page(shop, limit=3)
    second = page(shop, limit=3, before=first.before)

    seen = [one.decision.id for one in (*first.decisions, *second.decisions)]
    assert sorted(seen) == sorted(one.id for one in made)
    assert second.before is None


def test_one_outcome_can_be_asked_for(database: Database) -> None:
    shop = a_shop(database)
    shop.decide(a_trigger("e1"), a_trigger("e2"))

    offered = page(shop, outcome="offered").decisions

    assert [one.decision.outcome for one in offered] == ["offered"]
    assert offered[0].explanation.startswith('Offered "rye bread"')


def test_one_decision_is_shown_by_its_id(database: Database) -> None:
    shop = a_shop(database)
    (decision,) = shop.decide(a_trigger())

    with read_only(shop.database.read, shop.rooms.live) as uow:
        shown = show_decision(uow, shop.rooms, now=shop.now, decision_id=decision.id)

        assert shown.decision == decision
        with pytest.raises(NotFound):
            show_decision(uow, shop.rooms, now=shop.now, decision_id="nothing")


@pytest.mark.parametrize(
    "wrong", [{"limit": 0}, {"limit": 501}, {"outcome": "maybe"}, {"before": "x.y"}, {"before": ""}]
)
def test_what_cannot_be_asked_is_refused(database: Database, wrong: dict[str, object]) -> None:
    shop = a_shop(database)

    with pytest.raises(Unprocessable):
        page(shop, **wrong)  # type: ignore[arg-type] # wrong on purpose
