"""What a desk takes out of budgets and coupon pools, within one transaction.

One by one, each against the database's own condition; or, for many decisions at once, counted
here and taken together at the end (`settle`): then the counts that were read at the start of the
transaction decide, and the database has the last word. When another server was quicker the whole
lot is decided again, one by one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from store_server.database import UnitOfWork, has_one_writer
from store_server.decisions.decision import Decision
from store_server.decisions.repository import PoolRepository
from store_server.decisions.shelf import Shelf
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_budgets import store_limit
from store_server.ids import CampaignId, OfferId
from store_server.offers.budget import BudgetUse, offer_limit
from store_server.offers.campaign import Campaign
from store_server.offers.offer import Offer
from store_server.offers.repository import BudgetRepository
from store_server.offers.repository.budgets import CAMPAIGN, STORE
from store_server.offers.repository.taken import Taken


class ReservationLost(Exception):
    """Another server took what was counted on: decide again, one by one."""


class Reservations:
    """Coupons reserved for decisions.

    use: what campaigns with a budget that were looked up have given away, with what was taken here.
    refused: campaigns that the database did not let through. spent: offers, because of their own
        budget or the store's.
    pools: how many coupons of an offer with a pool are out, kept up to date.
    is_grouped: take what only its campaign limits at the end, together.
    """

    def __init__(
        self,
        uow: UnitOfWork[StoreLive],
        rooms: StoreRooms,
        *,
        pools: dict[OfferId, int],
        is_grouped: bool,
    ) -> None:
        self._uow, self._rooms = uow, rooms
        self._budgets = BudgetRepository(uow.session, rooms.scope)
        self._store = store_limit(rooms.policy)
        self._is_grouped = is_grouped
        self._waiting: dict[CampaignId, Taken] = {}
        self._limiting: dict[Shelf, dict[CampaignId, BudgetUse]] = {}
        self.use: dict[CampaignId, BudgetUse] = {}
        self.refused: set[CampaignId] = set()
        self.spent: set[OfferId] = set()
        self.pools = pools

    def limiting(self, shelf: Shelf) -> Mapping[CampaignId, BudgetUse]:
        """What of the budgets refuses something there by now: the others are not worth a note.

        They are read once, and from then on only what is taken here is looked at again.
        """
        if shelf not in self._limiting:
            unread = [one for one in shelf.limited if one not in self.use]
            if unread:
                self.use |= self._budgets.use_of(unread)
            self._limiting[shelf] = {
                name: use
                for name in (*shelf.limited, *self.refused)
                if shelf.is_limited_by(name, use := self.use[name])
            }
        return self._limiting[shelf]

    def note(self, campaign: CampaignId, use: BudgetUse) -> None:
        """Count what a campaign has given away by now, or that it was refused."""
        self.use[campaign] = use
        if use.refused:
            self.refused.add(campaign)
        for shelf, known in self._limiting.items():
            if shelf.is_limited_by(campaign, use):
                self._limiting[shelf] = {**known, campaign: use}

    def hold(self, campaigns: Iterable[Campaign]) -> None:
        """Lock in a fixed order what several reservations for these campaigns may touch.

        Two transactions that take the same rows in another order would each wait for the other.
        What is taken together at the end alone comes in a fixed order anyway, and where one writes
        at a time there is no other.
        """
        if has_one_writer(self._uow.session):
            return
        asked, known = list(campaigns), self._uow.live.catalogue.offers
        offers = {name: known[name] for one in asked for name in one.offers_named()}
        if self._is_grouped and not any(map(self._is_shared, offers.values())):
            return
        pools = [one.id for one in offers.values() if one.terms.coupon_pool is not None]
        PoolRepository(self._uow.session, self._rooms.scope).hold(pools)
        self._budgets.hold(asked, offers.values(), self._store)

    def _is_shared(self, offer: Offer) -> bool:
        """Whether a coupon of the offer is taken out of more than its campaign's budget."""
        limited = not offer_limit(offer).is_open or offer.terms.coupon_pool is not None
        return limited or not self._store.is_open

    def take(self, decision: Decision) -> bool:
        """Take the coupon of an offered decision out of pool and budgets; all of them or none."""
        offer = self._uow.live.catalogue.offers[decision.named_offer]
        if not self._is_shared(offer):
            return self._take(decision, offer)
        # What is refused is let go of: nobody waits for a row that was not taken.
        savepoint = self._uow.session.begin_nested()
        taken = self._take(decision, offer)
        savepoint.commit() if taken else savepoint.rollback()
        return taken

    def _take(self, decision: Decision, offer: Offer) -> bool:
        most = offer.terms.coupon_pool
        if most is None:
            return self._take_budget(decision, offer)
        pools = PoolRepository(self._uow.session, self._rooms.scope)
        if not pools.take(offer.id, most=most):
            self.pools[offer.id] = most
            return False
        if not self._take_budget(decision, offer):
            pools.give_back(offer.id)
            return False
        self.pools[offer.id] = self.pools.get(offer.id, 0) + 1
        return True

    def settle(self) -> None:
        """Take what was counted only.

        Raises:
            ReservationLost: a budget does not have it any more; the transaction is of no use.
        """
        waiting, self._waiting = self._waiting, {}
        if waiting and not self._budgets.take_all(list(waiting.values())):
            raise ReservationLost

    def _take_budget(self, decision: Decision, offer: Offer) -> bool:
        campaign = self._uow.live.catalogue.campaigns[decision.named_campaign]
        face_value_minor = decision.face_value_minor or 0
        use = self.use.get(campaign.id, BudgetUse())
        if self._is_grouped and self._store.is_open and offer_limit(offer).is_open:
            # The gate has held the campaign's own limit against `use`.
            taken = self._waiting.get(campaign.id) or Taken(campaign)
            self._waiting[campaign.id] = taken.plus(face_value_minor)
            self.note(campaign.id, use.plus(face_value_minor=face_value_minor))
            return True
        refused = self._budgets.take(
            campaign, face_value_minor=face_value_minor, offer=offer, store=self._store
        )
        if refused is None:
            self.note(campaign.id, use.plus(face_value_minor=face_value_minor))
        elif refused == CAMPAIGN:
            self.note(campaign.id, replace(use, refused=True))
        else:
            self.spent |= self._as_dear(offer, face_value_minor, whole_store=refused == STORE)
        return refused is None

    def _as_dear(self, offer: Offer, face_value_minor: int, *, whole_store: bool) -> set[OfferId]:
        """What a used up budget of the offer, or of the store, does not let through either."""
        offers = self._uow.live.catalogue.offers.values() if whole_store else ()
        return {offer.id, *(one.id for one in offers if one.face_value_minor >= face_value_minor)}
