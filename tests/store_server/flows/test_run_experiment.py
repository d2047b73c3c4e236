"""An experiment is checked, started, reweighted and stopped; decisions go by it at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from store_server.database import Database
from store_server.decisions.decision import Decision
from store_server.decisions.repository import ExperimentUnitRepository
from store_server.errors import Conflict, NotFound, Unprocessable
from store_server.flows.forget_shopper import forget_shopper
from store_server.flows.rooms import Policy
from store_server.flows.run_experiment import (
    reweight_experiment,
    save_experiment,
    start_experiment,
    stop_experiment,
)
from store_server.flows.save_campaign import save_campaign
from store_server.flows.turn_campaigns import turn_campaigns
from store_server.ids import HouseholdId, OfferId, ShopperId
from store_server.offers.campaign_document import write_campaign
from store_server.offers.experiment import (
    Experiment,
    ExperimentState,
    Factor,
    Level,
    NamespacePart,
    Vary,
)
from store_server.offers.experiment_checks import BadExperiment
from store_server.offers.repository import OfferRepository
from store_server.outbox.repository import NotificationRepository
from store_server.shoppers.repository import ShopperRepository
from store_server.shoppers.shopper import Shopper
from tests.store_server.flows.decision_builders import Shop, a_shop
from tests.store_server.flows.test_replay_decision import replayed
from tests.store_server.offers.builders import (
    BOLD,
    NOON,
    a_campaign,
    a_trigger,
    an_experiment,
    an_offer,
)

WHO = [f"shopper-{n}" for n in range(30)]
WHICH = Vary(Factor.OFFER, (Level("rye", "rye"), Level("oat", "oat")))
WHERE = Vary(Factor.CHANNEL, (Level("push"), Level("inbox", "app")))
DRAFT = an_experiment("title", WHICH, starts_at=None)


def a_shop_to_try(database: Database, shoppers: Sequence[str] = WHO) -> Shop:
    shop = a_shop(
        database,
        offers=[an_offer("rye"), an_offer("oat", margin_minor=140)],
        campaigns=[a_campaign(offers=["rye", "oat"])],
        shoppers=shoppers,
        policy=Policy(holdout_bp=0, explore_bp=0),
    )
    with shop.transaction() as uow:
        offers = OfferRepository(uow.session, shop.rooms.scope)
        offers.save_offers(shop.rooms.live.catalogue.offers.values())
        offers.save_campaigns(shop.rooms.live.catalogue.campaigns.values())
        uow.live = replace(uow.live, catalogue_stamp=offers.stamp())
    return shop


def run(shop: Shop, flow: object, **arguments: object) -> Experiment:
    with shop.transaction() as uow:
        return flow(uow, shop.rooms, now=shop.now, **arguments)  # type: ignore[operator,no-any-return] # any of the flows


def begun(shop: Shop, draft: Experiment = DRAFT) -> Experiment:
    run(shop, save_experiment, experiment=draft)
    return run(shop, start_experiment, experiment_id=draft.id)


def all_asked(shop: Shop, day: str = "", *, who: Sequence[str] = WHO) -> list[Decision]:
    return shop.decide(
        *(a_trigger(f"{day}{one}", shopper=one, visit=f"{day}{one}", at=shop.now) for one in who)
    )


def arms(decisions: list[Decision]) -> dict[str, str]:
    return {one.shopper: dict(one.variants)["title"] for one in decisions}


def test_decisions_go_by_a_started_experiment_and_replay_bit_for_bit(database: Database) -> None:
    shop = a_shop_to_try(database)
    begun(shop)

    made = all_asked(shop)

    assert {(dict(one.variants)["title"], one.offer) for one in made} == {
        ("rye", "rye"),
        ("oat", "oat"),
    }
    run(shop, stop_experiment, experiment_id="title")
    assert all(replayed(shop, one.id).is_same for one in made)


def test_a_draft_draws_nobody_and_a_stopped_one_neither(database: Database) -> None:
    shop = a_shop_to_try(database)
    run(shop, save_experiment, experiment=DRAFT)
    before = all_asked(shop)
    run(shop, start_experiment, experiment_id="title")
    run(shop, stop_experiment, experiment_id="title")

    shop.now += timedelta(days=1)
    after = all_asked(shop, "later-")

    assert {one.variants for one in (*before, *after)} == {()}
    assert {one.offer for one in after} == {"rye"}


def test_whoever_was_drawn_stays_when_the_weights_change(database: Database) -> None:
    shop = a_shop_to_try(database)
    begun(shop)
    before = arms(all_asked(shop, who=WHO[:20]))
    shop.now += timedelta(days=1)

    changed = run(shop, reweight_experiment, experiment_id="title", weights=[[1, 10**6]])
    after = all_asked(shop, "later-")

    assert [one.starts_at for one in changed.phases] == [NOON, shop.now]
    found = arms(after)
    assert {who: found[who] for who in WHO[:20]} == before
    assert {found[who] for who in WHO[20:]} == {"oat"}
    assert all(replayed(shop, one.id).is_same for one in after)


def test_an_inbox_arm_is_told_in_the_app_and_sends_nothing(database: Database) -> None:
    shop = a_shop_to_try(database)
    begun(shop, an_experiment("title", WHERE, starts_at=None))

    made = all_asked(shop)

    inbox = {one.shopper for one in made if dict(one.variants)["title"] == "inbox"}
    assert {one.shopper for one in made if one.channel == "app"} == inbox
    with shop.transaction() as uow:
        told = NotificationRepository(uow.session, shop.rooms.scope)
        for one in made:
            (item,) = told.of_shopper(one.shopper)
            assert item.channel == ("pull" if one.shopper in inbox else "webhook")
    assert all(replayed(shop, one.id).is_same for one in made)


def test_the_words_of_an_arm_are_the_words_that_are_sent(database: Database) -> None:
    shop = a_shop_to_try(database)
    rye = shop.rooms.live.catalogue.offers[OfferId("rye")]
    bold = {f"{key}~bold": replace(one, title="RYE") for key, one in rye.creatives.items()}
    oat = shop.rooms.live.catalogue.offers[OfferId("oat")]
    with shop.transaction() as uow:
        words = [replace(one, creatives={**one.creatives, **bold}) for one in (rye, oat)]
        OfferRepository(uow.session, shop.rooms.scope).save_offers(words)
    begun(shop, an_experiment("title", BOLD, starts_at=None))

    answers = [shop.pull(shopper=who) for who in WHO]

    titles = {
        (dict(one.decision.variants)["title"], one.offer.title) for one in answers if one.offer
    }
    assert titles == {("plain", "rye bread"), ("bold", "RYE")}


def test_every_mistake_is_told_at_once(database: Database) -> None:
    shop = a_shop_to_try(database)
    wrong = Vary(Factor.OFFER, (Level("rye", "rye"), Level("Bad name", "gone")))
    draft = an_experiment("x", wrong, BOLD, campaigns=["bakery", "gone"], starts_at=None)
    draft = replace(draft, name="", ends_at=NOON, weights=((0, 1), (1, 1)))

    with pytest.raises(BadExperiment) as refused:
        run(shop, save_experiment, experiment=draft)

    assert {one.where for one in refused.value.problems} == {
        "name",
        "campaigns.1",
        "varies.0.levels.1.name",
        "varies.0.levels.1.value",
        "varies.1.levels.1.value",
        "weights.0",
        "ends_at",
    }


def test_two_that_vary_the_same_for_the_same_people_exclude_each_other(database: Database) -> None:
    shop = a_shop_to_try(database)
    begun(shop)

    with pytest.raises(Conflict, match="title"):
        begun(shop, replace(DRAFT, id="other"))

    begun(shop, replace(DRAFT, id="channel", varies=(WHERE,)))
    run(shop, stop_experiment, experiment_id="title")
    for number, part in enumerate((NamespacePart("x", 0, 10), NamespacePart("x", 10, 20))):
        begun(shop, replace(DRAFT, id=f"part-{number}", namespace=part))


def test_what_has_begun_is_not_changed_and_what_is_not_there_not_started(
    database: Database,
) -> None:
    shop = a_shop_to_try(database)
    begun(shop)

    with pytest.raises(Conflict, match="experiment title is running; must be draft"):
        run(shop, save_experiment, experiment=DRAFT)
    with pytest.raises(Conflict, match="must be draft"):
        run(shop, start_experiment, experiment_id="title")
    with pytest.raises(NotFound):
        run(shop, start_experiment, experiment_id="gone")
    with pytest.raises(Unprocessable, match="one other must draw somebody"):
        run(shop, reweight_experiment, experiment_id="title", weights=[[0, 2]])


def test_a_campaign_keeps_what_its_arms_need(database: Database) -> None:
    shop = a_shop_to_try(database)
    begun(shop)
    shorter = write_campaign(a_campaign(offers=["rye"]))

    with shop.transaction() as uow, pytest.raises(Conflict, match="stop it first"):
        save_campaign(
            uow, shop.rooms, now=shop.now, campaign_id="bakery", document=shorter, by="ops"
        )


def test_the_planned_end_stops_it(database: Database) -> None:
    shop = a_shop_to_try(database)
    begun(shop, replace(DRAFT, ends_at=NOON + timedelta(days=1)))
    shop.now = NOON + timedelta(days=2)

    made = all_asked(shop)
    with shop.transaction() as uow:
        assert turn_campaigns(uow, shop.rooms, now=shop.now) == 1

    found = shop.rooms.live.catalogue.experiments["title"]
    assert (found.state, found.stopped_at) == (
        ExperimentState.STOPPED,
        NOON + timedelta(days=1),
    )
    assert {one.variants for one in made} == {()}


def test_a_household_that_forms_later_keeps_the_arm_of_its_shopper(database: Database) -> None:
    shop = a_shop_to_try(database)
    begun(shop)
    before = arms(all_asked(shop))
    run(shop, reweight_experiment, experiment_id="title", weights=[[1, 1]])
    lone = next(who for who, arm in before.items() if arm == "rye")
    shop.now += timedelta(days=1)

    _move_in(shop, lone, "home")
    (after,) = shop.decide(a_trigger("later", shopper=lone, visit="later", at=shop.now))

    assert (after.household, dict(after.variants)["title"]) == ("home", "rye")


def test_a_household_in_which_nobody_is_left_is_forgotten(database: Database) -> None:
    shop = a_shop_to_try(database)
    begun(shop)
    for who in WHO[:2]:
        _move_in(shop, who, "home")
    all_asked(shop, who=WHO[:1])

    left = []
    for who in WHO[:2]:
        with shop.transaction() as uow:
            forget_shopper(uow, shop.rooms, now=shop.now, shopper=ShopperId(who))
            units = ExperimentUnitRepository(uow.session, shop.rooms.scope)
            left.append(len(units.of(["h:home"], ["title"])))
    assert left == [1, 0]


def _move_in(shop: Shop, who: str, household: str) -> None:
    with shop.transaction() as uow:
        ShopperRepository(uow.session, shop.rooms.scope).save(
            [Shopper(ShopperId(who), HouseholdId(household), "en", NOON)]
        )
