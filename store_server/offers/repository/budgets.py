"""What has been given away, in the database; reserved + spent never exceeds a budget."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Update, bindparam, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from store_server.database import insert_new
from store_server.ids import CampaignId, OfferId, Scope
from store_server.offers.budget import NO_LIMIT, BudgetLimit, BudgetUse, limit_of, offer_limit
from store_server.offers.campaign import Campaign
from store_server.offers.offer import Offer
from store_server.offers.repository.taken import TAKE, Taken, take_values
from store_server.offers.tables import BudgetRow, SharedBudgetRow

# Which row of which table: the campaign's, or one of the kinds that campaigns share.
Key = tuple[str, str]
CAMPAIGN, OFFER, STORE = "campaign", "offer", "store"
# Asked for every decision: prepared once, and columns, not objects.
_USE = select_columns(
    col(BudgetRow.campaign),
    col(BudgetRow.issues),
    col(BudgetRow.reserved_minor),
    col(BudgetRow.spent_minor),
    col(BudgetRow.out),
    col(BudgetRow.redeemed),
).where(
    col(BudgetRow.org) == bindparam("org"),
    col(BudgetRow.campaign).in_(bindparam("campaigns", expanding=True)),
)


class BudgetRepository:
    """What the campaigns, offers and the store of a scope have given away.

    The limits stand in the conditions of the UPDATEs, so that two writers cannot both take the
    last coupon: the second sees the first one's count, or changes no row. Rows are taken in a
    fixed order (store, campaign, offer); offers and stores without a budget have none.
    """

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def use_of(self, campaigns: Iterable[CampaignId]) -> dict[CampaignId, BudgetUse]:
        """What each of these campaigns has given away; one without a row nothing."""
        wanted = list(campaigns)
        asked = {"org": self._scope.org, "campaigns": wanted}
        rows = self._session.connection().execute(_USE, asked)
        found = {
            CampaignId(campaign): BudgetUse(issues, reserved, spent, out, redeemed)
            for campaign, issues, reserved, spent, out, redeemed in rows
        }
        return {campaign: found.get(campaign, BudgetUse()) for campaign in wanted}

    def hold(
        self, campaigns: Iterable[Campaign], offers: Iterable[Offer], store: BudgetLimit
    ) -> int:
        """Lock what reservations for these may touch, in the order of `take`; how many rows.

        Whoever reserves several times in one transaction calls it first: two that want the same
        rows the other way round then wait for each other in turn, never both.
        """
        store_names = [] if store.is_open else [str(self._scope.store)]
        named = sorted(one.id for one in offers if not offer_limit(one).is_open)
        held = self._hold(STORE, store_names)
        held += self._hold(CAMPAIGN, sorted(one.id for one in campaigns))
        return held + self._hold(OFFER, named)

    def _hold(self, kind: str, names: Sequence[str]) -> int:
        if not names:
            return 0
        table = _table((kind, ""))
        name = col(BudgetRow.campaign) if kind == CAMPAIGN else col(SharedBudgetRow.name)
        mine = [col(table.org) == self._scope.org, name.in_(names)]
        if kind != CAMPAIGN:
            mine.append(col(SharedBudgetRow.kind) == kind)
        known = set(self._session.connection().execute(select_columns(name).where(*mine)).scalars())
        fresh = [_columns((kind, one)) for one in names if one not in known]
        insert_new(
            self._session, table, [{"org": self._scope.org, **one, **_ZERO} for one in fresh]
        )
        # Sorted, then locked: one statement takes them in the order of the names.
        held = select_columns(name).where(*mine).order_by(name).with_for_update()
        return len(self._session.connection().execute(held).all())

    def shared_use(self) -> dict[Key, BudgetUse]:
        """What offers and stores with a budget have given away, by (kind, name)."""
        rows = self._session.exec(
            select(SharedBudgetRow)
            .where(SharedBudgetRow.org == self._scope.org)
            .execution_options(populate_existing=True)
        )
        return {(row.kind, row.name): _use(row) for row in rows}

    def reserve(
        self,
        campaign: Campaign,
        *,
        face_value_minor: int,
        offer: Offer | None = None,
        store: BudgetLimit = NO_LIMIT,
    ) -> bool:
        """`take` as a yes or no."""
        refused = self.take(campaign, face_value_minor=face_value_minor, offer=offer, store=store)
        return refused is None

    def take(
        self,
        campaign: Campaign,
        *,
        face_value_minor: int,
        offer: Offer | None = None,
        store: BudgetLimit = NO_LIMIT,
    ) -> str | None:
        """Take one coupon of this face value out of every budget; the kind that does not allow it.

        All of them or none; None: it is taken.

        Args:
            campaign: whose coupon; counted with or without a limit.
            face_value_minor: 0 = a message without a coupon.
            offer: its own budget, where it has one.
            store: the store's budget.
        """
        wanted: list[tuple[Key, BudgetLimit]] = [((CAMPAIGN, campaign.id), limit_of(campaign))]
        if not store.is_open:
            wanted.insert(0, ((STORE, self._scope.store), store))
        if offer is not None and not offer_limit(offer).is_open:
            wanted.append(((OFFER, offer.id), offer_limit(offer)))
        taken: list[Key] = []
        for key, limit in wanted:
            if not self._take(key, limit, face_value_minor):
                for one in taken:
                    self._give_back(one, face_value_minor)
                return key[0]
            taken.append(key)
        return None

    def take_all(self, wanted: Sequence[Taken]) -> bool:
        """Take these coupons out of their campaigns' own budgets; False when one does not allow it.

        In one statement for all. After False the transaction must be rolled back: what was taken
        of the others is not given back.
        """
        ordered = sorted(wanted, key=lambda one: one.campaign.id)
        fresh: list[dict[str, object]] = [
            {"org": self._scope.org, "campaign": one.campaign.id, **_ZERO} for one in ordered
        ]
        insert_new(self._session, BudgetRow, fresh)
        rows = [take_values(one, self._scope) for one in ordered]
        return int(self._session.connection().execute(TAKE, rows).rowcount) == len(rows)

    def spend(
        self,
        campaign: CampaignId,
        *,
        face_value_minor: int,
        discount_minor: int,
        offer: OfferId | None = None,
        coupons: int = 1,
    ) -> bool:
        """Reserved coupons were redeemed: what they really took off is spent.

        Args:
            campaign: whose coupons.
            face_value_minor: what was reserved for them.
            discount_minor: what the till took off; at most the face value.
            offer: of the coupons.
            coupons: how many.
        """
        spent_minor = min(discount_minor, face_value_minor)
        moved = _Moved(-face_value_minor, spent_minor, -coupons, coupons)
        return self._settle(campaign, offer, moved)

    def spend_late(
        self,
        campaign: CampaignId,
        *,
        discount_minor: int,
        offer: OfferId | None = None,
        coupons: int = 1,
    ) -> bool:
        """Money was given for coupons whose reservation is gone: a till that was offline.

        It counts as spent, though it may bring a budget above its limit.
        """
        return self._settle(campaign, offer, _Moved(0, discount_minor, 0, coupons))

    def give_back(
        self, campaign: CampaignId, *, discount_minor: int, offer: OfferId | None = None
    ) -> bool:
        """What a redeemed coupon took off came back with its purchase: it is not spent any more."""
        return self._settle(campaign, offer, _Moved(0, -discount_minor, 0, -1))

    def release(
        self,
        campaign: CampaignId,
        *,
        face_value_minor: int,
        offer: OfferId | None = None,
        coupons: int = 1,
    ) -> bool:
        """Reserved coupons expired or were revoked: their money is free again, issues are not."""
        return self._settle(campaign, offer, _Moved(-face_value_minor, 0, -coupons, 0))

    def _take(self, key: Key, limit: BudgetLimit, face_value_minor: int) -> bool:
        row = {"org": self._scope.org, **_columns(key), **_ZERO}
        insert_new(self._session, _table(key), [row])
        table, coupons = _table(key), int(face_value_minor > 0)
        statement = self._row(key).values(
            issues=col(table.issues) + 1,
            reserved_minor=col(table.reserved_minor) + face_value_minor,
            out=col(table.out) + coupons,
        )
        if limit.issues is not None:
            statement = statement.where(col(table.issues) + 1 <= limit.issues)
        if limit.minor is not None:
            committed = col(table.reserved_minor) + col(table.spent_minor)
            statement = statement.where(committed + face_value_minor <= limit.minor)
        if limit.redemptions is not None:
            open_or_used = col(table.out) + col(table.redeemed)
            statement = statement.where(open_or_used + coupons <= limit.redemptions)
        return self._changed(statement)

    def _give_back(self, key: Key, face_value_minor: int) -> None:
        """Undo `_take` within the same transaction: nobody has seen it."""
        table, coupons = _table(key), int(face_value_minor > 0)
        self._changed(
            self._row(key).values(
                issues=col(table.issues) - 1,
                reserved_minor=col(table.reserved_minor) - face_value_minor,
                out=col(table.out) - coupons,
            )
        )

    def _settle(self, campaign: CampaignId, offer: OfferId | None, moved: "_Moved") -> bool:
        """Move what stands in every budget that has it; whether the campaign's had."""
        settled = False
        shared = [(OFFER, str(offer))] if offer is not None else []
        for key in ((STORE, str(self._scope.store)), (CAMPAIGN, str(campaign)), *shared):
            table = _table(key)
            counts = {name: col(getattr(table, name)) + by for name, by in moved._asdict().items()}
            changed = self._changed(
                self._row(key)
                .where(*(col(getattr(table, name)) >= -by for name, by in moved._asdict().items()))
                .values(counts)
            )
            settled = changed if key[0] == CAMPAIGN else settled
        return settled

    def _row(self, key: Key) -> Update:
        table = _table(key)
        named: list[ColumnElement[bool]] = [
            col(getattr(table, name)) == value for name, value in _columns(key).items()
        ]
        return update(table).where(col(table.org) == self._scope.org, *named)

    def _changed(self, statement: Update) -> bool:
        return bool(self._session.connection().execute(statement).rowcount)


class _Moved(NamedTuple):
    """What is added to a budget's counts; none of them goes below zero."""

    reserved_minor: int
    spent_minor: int
    out: int
    redeemed: int


_ZERO = {"issues": 0, "reserved_minor": 0, "spent_minor": 0, "out": 0, "redeemed": 0}


def _table(key: Key) -> type[BudgetRow] | type[SharedBudgetRow]:
    return BudgetRow if key[0] == CAMPAIGN else SharedBudgetRow


def _columns(key: Key) -> dict[str, str]:
    kind, name = key
    return {"campaign": name} if kind == CAMPAIGN else {"kind": kind, "name": name}


def _use(row: BudgetRow | SharedBudgetRow) -> BudgetUse:
    return BudgetUse(row.issues, row.reserved_minor, row.spent_minor, row.out, row.redeemed)
