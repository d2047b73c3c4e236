"""What every way of showing a coupon at a till shares: read the codes, judge them, use them up.

The desk asks the database once for all codes at hand, holds their rows until the commit, and
keeps in mind what it has used: a batch of baskets is judged like baskets one after another.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import CampaignId, OfferId, ShopperId
from store_server.offers.repository import BudgetRepository
from store_server.redemptions.coupon import (
    Coupon,
    CouponRefusal,
    CouponState,
    is_bound,
    refusal_of,
)
from store_server.redemptions.coupon_code import parse
from store_server.redemptions.repository import CouponRepository, CouponUse, Redemption
from store_server.shoppers.repository.merges import MergeRepository


@dataclass(frozen=True, slots=True)
class Showing:
    """How a coupon is shown: by which till, when, whose loyalty id with it (None: not known)."""

    till: str
    at: datetime
    shopper: ShopperId | None = None
    was_offline: bool = False


@dataclass(slots=True)
class _Spent:
    """What the used coupons of a campaign's offer come to."""

    coupons: int = 0
    face_value_minor: int = 0
    discount_minor: int = 0
    late_coupons: int = 0
    late_minor: int = 0


@dataclass(slots=True)
class CouponDesk:
    """Judges coupons within one transaction, and uses them up at its end."""

    uow: UnitOfWork[StoreLive]
    rooms: StoreRooms
    now: datetime
    _known: dict[str, Coupon] = field(default_factory=dict)
    _used_before: dict[str, Redemption] = field(default_factory=dict)
    _people: dict[ShopperId, ShopperId] = field(default_factory=dict)
    _uses: dict[str, CouponUse] = field(default_factory=dict)

    def load(self, texts: Iterable[str], *, shoppers: Iterable[ShopperId] = ()) -> None:
        """Ask for everything about these codes, and who is who."""
        keys = self.rooms.coupon_keys
        codes = {code for code in map(parse, texts) if code is not None}
        ours = [code for code in codes if keys.authentic(code)]
        repository = self._coupons()
        if ours:
            self._known = repository.find_all(ours)
            self._used_before = repository.redemptions(codes=ours)
        people = {*shoppers, *(coupon.shopper for coupon in self._known.values())}
        merges = MergeRepository(self.uow.session, self.rooms.scope)
        self._people = merges.current_of(people) if people else {}

    def current(self, shopper: ShopperId) -> ShopperId:
        """What a shopper is known as by now."""
        return self._people.get(shopper, shopper)

    def judge(self, text: str, showing: Showing) -> Coupon | CouponRefusal:
        """The coupon, or why it cannot be used like this."""
        code = parse(text)
        if code is None:
            return CouponRefusal.MALFORMED
        keys = self.rooms.coupon_keys
        if not keys.authentic(code):
            return CouponRefusal.FORGED
        if code in self._uses:
            return CouponRefusal.ALREADY_REDEEMED
        coupon = self._known.get(code)
        if coupon is None:
            # Its shopper may have been forgotten after it was used: then that is what is known.
            gone = code in self._used_before
            return CouponRefusal.ALREADY_REDEEMED if gone else CouponRefusal.UNKNOWN
        if not is_bound(coupon, keys.keys):
            return CouponRefusal.ALTERED
        whose, theirs = showing.shopper, self.current(coupon.shopper)
        refusal = refusal_of(
            coupon,
            at=showing.at,
            now=self.now,
            till=showing.till,
            is_theirs=whose is None or self.current(whose) == theirs,
            was_offline=showing.was_offline,
        )
        return refusal or coupon

    def earlier_use(self, text: str) -> Redemption | None:
        """Who used a coupon before, in this transaction or in one before."""
        code = parse(text)
        if code is None:
            return None
        use = self._uses.get(code)
        if use is not None:
            return Redemption(
                code,
                use.coupon.decision,
                use.basket,
                use.till,
                use.discount_minor,
                use.at,
                (),
                None,
            )
        return self._used_before.get(code)

    def coupon_of(self, code: str) -> Coupon | None:
        """The coupon of a code in normal form, in whatever state it was when it was loaded."""
        return self._known.get(code)

    @property
    def coupons(self) -> Collection[Coupon]:
        """Every coupon of ours among the codes that were loaded."""
        return self._known.values()

    def use(self, use: CouponUse) -> None:
        """Note that a coupon is used up; `finish` writes it down."""
        self._uses[use.coupon.code] = use

    def finish(self) -> None:
        """Write down what was used, and move the campaigns' money from reserved to spent."""
        uses = list(self._uses.values())
        if not uses:
            return
        taken = self._coupons().redeem_all(uses)
        if len(taken) != len(uses):
            # The rows are held since they were read: only another way of writing could do this.
            raise RuntimeError("coupons changed while they were held")
        budgets = BudgetRepository(self.uow.session, self.rooms.scope)
        for (campaign, offer), spent in sorted(_spent(uses).items()):
            if spent.coupons:
                budgets.spend(
                    campaign,
                    face_value_minor=spent.face_value_minor,
                    discount_minor=spent.discount_minor,
                    offer=offer,
                    coupons=spent.coupons,
                )
            if spent.late_coupons:
                budgets.spend_late(
                    campaign,
                    discount_minor=spent.late_minor,
                    offer=offer,
                    coupons=spent.late_coupons,
                )

    def _coupons(self) -> CouponRepository:
        return CouponRepository(self.uow.session, self.rooms.scope)


def _spent(uses: Iterable[CouponUse]) -> Mapping[tuple[CampaignId, OfferId], _Spent]:
    found: dict[tuple[CampaignId, OfferId], _Spent] = {}
    for use in uses:
        spent = found.setdefault((use.coupon.campaign, use.coupon.offer), _Spent())
        covered = min(use.discount_minor, use.coupon.face_value_minor)
        if use.coupon.state is CouponState.EXPIRED:
            # Its reservation went back when it expired; the till was offline and had used it.
            spent.late_coupons += 1
            spent.late_minor += covered
        else:
            spent.coupons += 1
            spent.face_value_minor += use.coupon.face_value_minor
            spent.discount_minor += covered
    return found
