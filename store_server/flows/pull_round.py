"""One round of pulls: questions of several shoppers, looked up, decided and written together."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.decisions.choice import Pick
from store_server.decisions.decision import Decision, Outcome, decision_id
from store_server.decisions.repository import (
    DecisionRepository,
    DismissalRepository,
    PullAnswerRepository,
)
from store_server.decisions.repository.pull_answers import Answer
from store_server.errors import NotAuthenticated, Refusal
from store_server.flows.check_sending import Told, refuse_telling
from store_server.flows.decision_desk import DecisionDesk, count_decisions
from store_server.flows.offer_words import Words, moment_ends_at
from store_server.flows.promise_offers import promise_offers
from store_server.flows.pull_answer import Answered, PullAnswer, PullAsked, PulledOffer
from store_server.flows.pull_question import AskedAbout, look_up, question_of
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.offers.trigger import Trigger, TriggerKind, trigger_id
from store_server.outbox.notification import Notification
from store_server.outbox.repository import OutboxRepository
from store_server.redemptions.coupon import Coupon
from store_server.redemptions.coupon_code import grouped
from store_server.redemptions.repository import CouponRepository
from store_server.shop.repository import AccessRepository

Chosen = dict[ShopperId, list[Decision]]


class PullRound:
    """Answers questions of shoppers who differ, within one transaction."""

    def __init__(
        self,
        uow: UnitOfWork[StoreLive],
        rooms: StoreRooms,
        *,
        now: datetime,
        asked: Sequence[PullAsked],
        is_grouped: bool,
    ) -> None:
        self._uow, self._rooms, self._now = uow, rooms, now
        self._asked, self._is_grouped = asked, is_grouped
        self._decisions = DecisionRepository(uow.session, rooms.scope)
        self._coupons: dict[str, Coupon] = {}
        self._told: dict[str, Notification] = {}
        self._refused: dict[ShopperId, Refusal] = {}
        self._about = AskedAbout({}, {})
        self._untold: Collection[str] = ()

    def answers(self) -> list[Answered]:
        """In the order of the questions."""
        self._check_tokens()
        chosen = self._earlier()
        self._untold = self._not_any_more(chosen)
        fresh = self._questions(chosen)
        if fresh:
            chosen |= self._choose(fresh)
        self._look_up_coupons(chosen)
        shown = self._shown(chosen)
        return [
            self._refused.get(one.shopper)
            or PullAnswer(
                tuple(self._as_told(made, one) for made in chosen[one.shopper]),
                tuple(shown.get(one.shopper, ())),
            )
            for one in self._asked
        ]

    def _check_tokens(self) -> None:
        """A token that was taken back while its question waited opens nothing."""
        hashes = {one.token_hash for one in self._asked if one.token_hash is not None}
        if not hashes:
            return
        standing = AccessRepository(self._uow.session, self._rooms.scope).shoppers_of(hashes)
        for one in self._asked:
            if one.token_hash is None:
                continue
            if one.token_hash not in standing or standing[one.token_hash][0] != one.shopper:
                self._refused[one.shopper] = NotAuthenticated(
                    "the key or token is unknown or revoked", code="unknown_token"
                )

    def _earlier(self) -> Chosen:
        pairs = {
            (one.shopper, one.request_id) for one in self._asked if one.shopper not in self._refused
        }
        answered = PullAnswerRepository(self._uow.session, self._rooms.scope).find(pairs)
        names = {name for made in answered.values() for name in made}
        made = self._decisions.by_id(names) if names else {}
        return {who: [made[name] for name in names] for (who, _), names in answered.items()}

    def _not_any_more(self, answered: Chosen) -> Collection[str]:
        """What an earlier answer held and must not be told again."""
        told = {one.id: Told(who, one) for who, made in answered.items() for one in made}
        return refuse_telling(self._uow, self._rooms, now=self._now, told=told)

    def _as_told(self, decision: Decision, asked: PullAsked) -> Decision:
        """A ghost by the name that a fresh decision on this request would have.

        Who is offered nothing gets another id at each request; a ghost that stays open must too.
        """
        if decision.outcome is not Outcome.HELD_OUT:
            return decision
        org, store = self._rooms.scope.org, self._rooms.scope.store
        name = trigger_id(TriggerKind.PULL, org, store, asked.shopper, asked.request_id)
        return replace(decision, id=decision_id(org, store, name))

    def _questions(self, answered: Chosen) -> list[tuple[PullAsked, Trigger]]:
        found: list[tuple[PullAsked, Trigger]] = []
        about = self._about = look_up(self._uow, self._rooms, self._asked)
        for one in self._asked:
            if one.shopper in answered or one.shopper in self._refused:
                continue
            try:
                trigger = question_of(one, self._uow.live, self._rooms, now=self._now, about=about)
            except Refusal as refusal:
                self._refused[one.shopper] = refusal
            else:
                found.append((one, trigger))
        return found

    def _choose(self, fresh: Sequence[tuple[PullAsked, Trigger]]) -> Chosen:
        desk = DecisionDesk(
            self._uow,
            self._rooms,
            now=self._now,
            triggers=[trigger for _, trigger in fresh],
            channel="pull",
            is_grouped=self._is_grouped,
        )
        open_ = {} if desk.is_silenced else self._open_choices([trigger for _, trigger in fresh])
        chosen: Chosen = {}
        new: list[Decision] = []
        for asked, trigger in fresh:
            standing = [one for one in open_.get(asked.shopper, []) if desk.may_be_told(one)]
            made = self._ask(desk, asked, trigger, standing=standing)
            chosen[asked.shopper] = [*standing, *made][: asked.most]
            new += made
        self._write(desk, new)
        PullAnswerRepository(self._uow.session, self._rooms.scope).add(
            (
                Answer(
                    one.shopper,
                    one.request_id,
                    one.placement,
                    tuple(decision.id for decision in chosen[one.shopper]),
                )
                for one, _ in fresh
            ),
            at=self._now,
        )
        return chosen

    def _ask(
        self,
        desk: DecisionDesk,
        asked: PullAsked,
        trigger: Trigger,
        *,
        standing: Sequence[Decision],
    ) -> list[Decision]:
        """New decisions until there are enough, or nothing more is worth it; a ghost counts."""
        made: list[Decision] = []
        while len(standing) + len(made) < asked.most:
            if made:
                place = len(made) + 1
                trigger = question_of(
                    asked,
                    self._uow.live,
                    self._rooms,
                    now=self._now,
                    about=self._about,
                    place=place,
                )
            made.append(desk.decide(trigger, beside=[*standing, *made]))
            if made[-1].outcome is Outcome.NOTHING:
                break
        return made

    def _write(self, desk: DecisionDesk, new: Sequence[Decision]) -> None:
        desk.settle()
        self._decisions.add(new, desk.asked)
        offered = [one for one in new if one.outcome is Outcome.OFFERED]
        promised = promise_offers(self._uow, self._rooms, offered, now=self._now, channel="pull")
        self._told |= {one.told.decision: one.told for one in promised}
        self._coupons |= {one.told.decision: one.coupon for one in promised if one.coupon}
        OutboxRepository(self._uow.session, self._rooms.scope).add([one.told for one in promised])
        count_decisions(self._uow, new)

    def _open_choices(self, triggers: Sequence[Trigger]) -> Chosen:
        """The choices of these visits that are not used, over or dismissed; a ghost stays open."""
        visits = {one.visit_id: one.shopper for one in triggers if one.visit_id is not None}
        if not visits:
            return {}
        made = self._decisions.of_visits(visits)
        names = [one.id for one in made]
        dismissed = DismissalRepository(self._uow.session, self._rooms.scope).among(names)
        coupons = CouponRepository(self._uow.session, self._rooms.scope).of_decisions(names)
        self._coupons |= coupons
        found: Chosen = {}
        for one in made:
            coupon = coupons.get(one.id)
            is_over = one.outcome is Outcome.OFFERED and coupon and not coupon.is_open(self._now)
            if one.id not in dismissed and not is_over:
                found.setdefault(one.shopper, []).append(one)
        return found

    def _look_up_coupons(self, chosen: Chosen) -> None:
        """Of earlier answers that are given again."""
        missing = [
            one.id
            for made in chosen.values()
            for one in made
            if one.outcome is Outcome.OFFERED and one.id not in self._coupons
        ]
        if missing:
            repository = CouponRepository(self._uow.session, self._rooms.scope)
            self._coupons |= repository.of_decisions(missing)

    def _shown(self, chosen: Chosen) -> dict[ShopperId, list[PulledOffer]]:
        """The offers as they are read; one taken out of the catalogue since has no words left."""
        languages = {one.shopper: one.language for one in self._asked}
        offered = [
            self._in_language(one, languages[who])
            for who, made in chosen.items()
            for one in made
            if one.outcome is Outcome.OFFERED
            and one.id not in self._untold
            and self._has_words(one)
        ]
        again = [one for one in offered if one.id not in self._told]
        words = Words(self._uow, self._rooms, now=self._now, channel="pull")
        told = words.of([(one, self._code(one), self._until(one)) for one in again])
        self._told |= {one.decision: one for one in told}
        shown: dict[ShopperId, list[PulledOffer]] = {}
        for one in offered:
            shown.setdefault(one.shopper, []).append(self._offer(one, self._told[one.id]))
        return shown

    def _has_words(self, decision: Decision) -> bool:
        offer = self._uow.live.catalogue.offers.get(decision.named_offer)
        return offer is not None and offer.creative_in(decision.language) is not None

    def _in_language(self, decision: Decision, language: str | None) -> Decision:
        """The choice of a visit is the same in another language, where the offer speaks it."""
        offer = self._uow.live.catalogue.offers[decision.named_offer]
        if language in (None, decision.language) or offer.creative_in(language) is None:
            return decision
        self._told.pop(decision.id, None)
        return replace(decision, language=language)

    def _code(self, decision: Decision) -> str | None:
        coupon = self._coupons.get(decision.id)
        return None if coupon is None else grouped(coupon.code)

    def _until(self, decision: Decision) -> datetime:
        coupon = self._coupons.get(decision.id)
        if coupon is not None:
            return coupon.expires_at
        return moment_ends_at(decision, self._uow, self._rooms)

    def _offer(self, decision: Decision, told: Notification) -> PulledOffer:
        return PulledOffer(
            decision=decision.id,
            offer=decision.named_offer,
            title=told.title,
            body=told.body,
            coupon_code=told.coupon_code,
            face_value_minor=told.face_value_minor,
            personal_discount=told.personal_discount,
            expires_at=self._until(decision),
            reason=decision.pick or Pick.BEST,
            language=decision.language,
        )
