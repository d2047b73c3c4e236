"""The app's question is answered once, and as the visit was answered before."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from store_server.database import Database
from store_server.decisions.decision import Decision, Outcome
from store_server.decisions.reason import Reason
from store_server.errors import Unprocessable
from store_server.flows.pull_answer import PullAnswer
from store_server.flows.record_dismissed import record_dismissed
from store_server.flows.rooms import Policy
from store_server.ids import CampaignId, OfferId
from store_server.offers.budget import BudgetUse
from store_server.offers.catalogue import catalogue_of
from store_server.offers.creative import Creative
from store_server.offers.limits import CampaignLimits
from store_server.offers.repository import BudgetRepository
from store_server.offers.trigger import Placement
from tests.store_server.flows.decision_builders import HERE, Shop, a_question, a_shop
from tests.store_server.offers.builders import a_campaign, a_trigger, an_offer

TWICE = a_campaign(cap_per_visit=2, cap_per_day=2)
WORTHLESS = catalogue_of([an_offer(effect=0.001)], [TWICE])
QUIET = replace(TWICE, limits=CampaignLimits(cooldown_s=3600))


def dismiss(shop: Shop, decision: Decision) -> None:
    with shop.transaction() as uow:
        record_dismissed(
            uow, shop.rooms, now=shop.now, decision_id=decision.id, shopper=decision.shopper
        )


def test_a_pull_gets_the_offer_of_the_zone_with_its_coupon(database: Database) -> None:
    shop = a_shop(database)

    answer = shop.pull()

    assert (answer.outcome, answer.reason) == ("offered", None)
    assert answer.offer is not None
    assert (answer.offer.offer, answer.offer.title) == ("rye", "rye bread")
    assert answer.offer.coupon_code is not None
    assert answer.offer.expires_at == shop.now + timedelta(days=1)


def test_the_same_request_gets_the_same_answer(database: Database) -> None:
    shop = a_shop(database, campaigns=[TWICE])

    first, again, other = shop.pull("r1"), shop.pull("r1"), shop.pull("r2")

    assert again == first
    assert other.decision.id != first.decision.id


def test_a_pull_answers_the_open_offer_of_the_visit(database: Database) -> None:
    shop = a_shop(database, campaigns=[TWICE])
    shop.in_visit("ann", "visit-1")
    (pushed,) = shop.decide(a_trigger())

    answer = shop.pull(zone=None)

    assert answer.decision == pushed
    assert answer.offer is not None
    assert shop.pull("r2").offer == answer.offer


def test_a_pull_does_not_draw_again_after_a_ghost(database: Database) -> None:
    shop = a_shop(database, campaigns=[TWICE], policy=Policy(holdout_bp=10_000))
    shop.in_visit("ann", "visit-1")
    (ghost,) = shop.decide(a_trigger())

    answer = shop.pull()

    assert replace(answer.decision, id=ghost.id) == ghost
    assert (answer.outcome, answer.offer) == ("nothing", None)


def test_a_ghost_answers_like_any_offer_that_is_not_worth_it(database: Database) -> None:
    held_out = a_shop(database, campaigns=[TWICE], policy=Policy(holdout_bp=10_000))
    held_out.in_visit("ann", "visit-1")
    held_out.in_visit("bob", "visit-2")
    ghosts = [held_out.pull(name) for name in ("r1", "r2", "r1")]

    held_out.rooms.policy = Policy(holdout_bp=0, value_floor_minor=0)
    held_out.rooms.live = replace(held_out.rooms.live, catalogue=WORTHLESS)
    ordinary = [held_out.pull(name, shopper="bob") for name in ("r1", "r2", "r1")]

    assert [one.decision.outcome for one in (*ghosts, *ordinary)] == [
        *[Outcome.HELD_OUT] * 3,
        *[Outcome.NOTHING] * 3,
    ]
    for told in (ghosts, ordinary):
        assert {(one.outcome, one.reason, one.offer) for one in told} == {
            ("nothing", "value_not_positive", None)
        }
        names = [one.decision.id for one in told]
        assert (names[0] == names[2], names[0] == names[1]) == (True, False)


def test_the_caps_that_a_ghost_fills_are_not_told(database: Database) -> None:
    shop = a_shop(database, policy=Policy(holdout_bp=10_000, cap_per_day=1))
    shop.in_visit("ann", "visit-1")
    shop.pull("r1")
    shop.in_visit("ann", "visit-2")

    capped = shop.pull("r2")

    assert capped.decision.reasons == (Reason.SHOPPER_CAP_DAY,)
    assert capped.reason == "value_not_positive"


def test_an_offer_that_is_over_is_not_open(database: Database) -> None:
    shop = a_shop(database, campaigns=[TWICE])
    shop.in_visit("ann", "visit-1")
    (pushed,) = shop.decide(a_trigger())
    shop.now += timedelta(days=2)

    assert shop.pull().decision.id != pushed.id


def test_a_dismissed_offer_is_not_open_and_another_is_chosen(database: Database) -> None:
    offers = [an_offer("rye"), an_offer("oat", margin_minor=140)]
    campaigns = [QUIET, replace(QUIET, id=CampaignId("oats"), offers=(OfferId("oat"),))]
    shop = a_shop(database, offers=offers, campaigns=campaigns)
    shop.in_visit("ann", "visit-1")
    (pushed,) = shop.decide(a_trigger())
    dismiss(shop, pushed)

    anew = shop.pull()

    assert (pushed.offer, anew.decision.offer) == ("rye", "oat")
    assert ("bakery", Reason.DISMISSED) in {
        (one.campaign, one.reason) for one in anew.decision.candidates
    }
    assert shop.pull("r2").decision == anew.decision


def test_after_the_only_campaign_was_dismissed_there_is_nothing(database: Database) -> None:
    shop = a_shop(database, campaigns=[QUIET])
    shop.in_visit("ann", "visit-1")
    first = shop.pull()
    dismiss(shop, first.decision)

    assert (shop.pull("r2").outcome, shop.pull("r2").reason) == ("nothing", "dismissed")
    assert shop.pull("r1") == first


def test_the_dismissal_of_another_shopper_closes_nothing(database: Database) -> None:
    shop = a_shop(database, campaigns=[QUIET])
    shop.in_visit("ann", "visit-1")
    (mine,) = shop.decide(a_trigger())
    (bobs,) = shop.decide(a_trigger("e2", shopper="bob", visit="visit-2"))
    dismiss(shop, bobs)

    assert shop.pull().decision == mine


def test_consent_withdrawn_closes_what_was_open(database: Database) -> None:
    shop = a_shop(database)
    shop.in_visit("ann", "visit-1")
    shop.decide(a_trigger())
    shop.withdraw("ann")

    answer = shop.pull()

    assert (answer.outcome, answer.reason) == ("nothing", "no_consent_offers")


def test_a_pull_asks_the_campaigns_of_its_zone_only(database: Database) -> None:
    shop = a_shop(database)

    assert shop.pull(zone="dairy").reason == "nothing_listens"
    assert shop.pull("r2", zone="bakery").decision.outcome is Outcome.OFFERED


def test_a_zone_that_is_not_there_is_refused(database: Database) -> None:
    shop = a_shop(database)

    with pytest.raises(Unprocessable, match="there is no such zone"):
        shop.pull(zone="cellar")


def test_several_offers_are_decisions_of_their_own(database: Database) -> None:
    names = ("rye", "oat", "milk")
    offers = [an_offer(name, category=name.upper()) for name in names]
    campaigns = [replace(TWICE, id=CampaignId(name), offers=(OfferId(name),)) for name in names]
    shop = a_shop(
        database, offers=offers, campaigns=campaigns, policy=Policy(holdout_bp=0, cap_per_day=2)
    )

    answer = shop.ask(a_question(most=3))

    assert len(answer.offers) == 2
    assert len({one.offer for one in answer.offers}) == 2
    assert [one.outcome.value for one in answer.decisions] == ["offered", "offered", "nothing"]
    assert shop.ask(a_question(most=3)) == answer


def test_the_choice_of_a_visit_is_said_in_the_language_asked_for(database: Database) -> None:
    creatives = {"en": Creative("{offer}", "{value} off"), "es": Creative("Oferta: {offer}", "-")}
    shop = a_shop(database, offers=[replace(an_offer(), creatives=creatives)], campaigns=[TWICE])
    shop.in_visit("ann", "visit-1")
    first = shop.pull()

    spanish = shop.ask(replace(a_question("r2"), language="es"))

    assert spanish.decision.id == first.decision.id
    assert spanish.offer is not None
    assert first.offer is not None
    assert (spanish.offer.title, spanish.offer.language) == ("Oferta: rye bread", "es")
    assert spanish.offer.coupon_code == first.offer.coupon_code


def test_shoppers_who_ask_together_share_the_caps_of_their_household(database: Database) -> None:
    shop = a_shop(database, campaigns=[a_campaign()], household="home")

    answers = shop.ask_all([a_question(shopper=name) for name in ("ann", "bob", "eve")])

    outcomes = [one.outcome for one in answers if isinstance(one, PullAnswer)]
    assert sorted(outcomes) == ["nothing", "nothing", "offered"]


def test_when_another_server_took_the_last_ones_each_asks_for_itself(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = a_campaign(budget_issues=3)
    shop = a_shop(database, campaigns=[campaign])
    looked = BudgetRepository.use_of

    def behind(
        self: BudgetRepository, campaigns: Iterable[CampaignId]
    ) -> dict[CampaignId, BudgetUse]:
        return {name: BudgetUse() for name in looked(self, campaigns)}

    with shop.transaction() as uow:
        for _ in range(2):
            BudgetRepository(uow.session, HERE).reserve(campaign, face_value_minor=50)
    monkeypatch.setattr(BudgetRepository, "use_of", behind)

    answers = shop.ask_all([a_question(shopper=name) for name in ("ann", "bob", "eve")])

    outcomes = [one.outcome for one in answers if isinstance(one, PullAnswer)]
    assert outcomes == ["offered", "nothing", "nothing"]
    monkeypatch.undo()
    with shop.transaction() as uow:
        used = BudgetRepository(uow.session, HERE).use_of([campaign.id])[campaign.id]
    assert used.issues == 3


def test_an_app_may_say_the_zone_only_where_its_word_is_taken(database: Database) -> None:
    shop = a_shop(database, policy=Policy(holdout_bp=0, zone_claims=frozenset({"qr"})))

    by_app = shop.ask(a_question("r1"))
    by_code = shop.ask(replace(a_question("r2"), placement=Placement.QR))

    assert (by_app.decision.zone, by_code.decision.zone) == (None, "bakery")
    assert (by_app.outcome, by_code.outcome) == ("nothing", "offered")
