"""The retailer around the store: the app's backend, the shoppers' answers and the tills.

Takes webhooks, lets simulated shoppers open them, keeps coupons until the till, posts baskets.
What shoppers do follows from their taste alone; only which offers they see is the server's.
Posts that fail are kept and tried again at the next tick: tills must not lose a basket.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from firmware_sim.cast import SimShopper
from firmware_sim.errors import OutletError
from firmware_sim.events import AppReport, Happening
from firmware_sim.journal import Journal
from firmware_sim.ports import Json, StoreApi, Webhook
from firmware_sim.retail_data import ZONE_OF
from firmware_sim.score import true_lift
from firmware_sim.shopper_response import Taste

Prices = Mapping[str, int]
PHONES_AT_ONCE = 8


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """One notification in a shopper's app, and when it will be opened."""

    opens_ms: int
    shopper: str
    notification: str
    decision: str
    category: str
    code: str
    expires_ms: int


@dataclass(slots=True)
class Counts:
    """What the retailer has seen so far."""

    webhooks: int = 0
    opened: int = 0
    asked: int = 0
    shown: int = 0
    reports: int = 0
    reports_failed: int = 0
    baskets: int = 0
    redeemed: int = 0
    refused: int = 0
    refusals: dict[str, int] = field(default_factory=dict)


class Retailer:
    """Backend, apps and tills of one store; `offers` are the documents that were seeded."""

    def __init__(
        self,
        api: StoreApi,
        taste: Taste,
        *,
        shoppers: Iterable[SimShopper],
        offers: Iterable[Mapping[str, object]],
        promoted: Mapping[str, Sequence[str]],
        prices: Prices,
        journal: Journal,
    ) -> None:
        self._api = api
        self._taste = taste
        self._people = {one.shopper: one for one in shoppers}
        self._category = {str(one["id"]): str(one["category"]) for one in offers}
        self._promoted = {name: tuple(products) for name, products in promoted.items()}
        self._prices = prices
        self._journal = journal
        self._tokens: dict[str, str] = {}
        self._led: set[str] = set()
        self._notices: list[Notice] = []
        self._wallets: dict[str, list[Notice]] = {}
        self._unpaid: list[tuple[str, Json]] = []
        self._carried: dict[str, list[Notice]] = {}
        self._phones = ThreadPoolExecutor(max_workers=PHONES_AT_ONCE, thread_name_prefix="phone")
        self.offered: list[tuple[str, str]] = []
        self.counts = Counts()

    def sign_in(self) -> None:
        """Mint a token for every shopper's app, as the retailer's login would; raises OutletError.

        Tokens live 15 wall minutes; call it again before that.
        """
        for shopper in (*self._people, *self._led):
            self._tokens[shopper] = self._api.mint_token(shopper)

    def welcome(self, shopper: str, token: str) -> None:
        """A shopper who is led by hand has the app too; who leads them opens and pays."""
        self._led.add(shopper)
        self._tokens[shopper] = token

    def report(self, reports: Sequence[AppReport], *, in_order: bool) -> None:
        """Post what phones ranged; a failed report is lost, as on a real phone.

        Phones post side by side; `in_order` posts one after another, for the sake of repetition.
        """
        ordered = sorted(reports, key=lambda report: (report.at_ms, report.shopper))
        answers = map(self._post, ordered) if in_order else self._phones.map(self._post, ordered)
        taken = sum(answers)
        self.counts.reports += taken
        self.counts.reports_failed += len(ordered) - taken

    def receive(self, webhooks: Iterable[Webhook]) -> None:
        """Put new notifications on the shoppers' phones."""
        for webhook in webhooks:
            data = webhook.body.get("data")
            if isinstance(data, dict) and webhook.body.get("type") == "offer.notification":
                self.counts.webhooks += 1
                self._notice(data)

    def live(self, now_ms: int, happenings: Iterable[Happening]) -> None:
        """Let shoppers open what is due, and those at the till pay."""
        due = sorted(one for one in self._notices if one.opens_ms <= now_ms)
        self._notices = [one for one in self._notices if one.opens_ms > now_ms]
        for notice in due:
            self._open(notice)
        for happening in happenings:
            if happening.what == "paid":
                self._pay(happening)
            elif happening.what == "asked":
                self._ask(happening)
            elif happening.what == "left":
                self._leave(happening.shopper)
        self._post_baskets()

    @property
    def unpaid(self) -> int:
        """Baskets that the server has not answered yet."""
        return len(self._unpaid)

    def true_lift(self) -> float | None:
        """What the offers made so far truly add to P(buy), in the mean; None without an offer."""
        return true_lift(self._taste, self.offered)

    def close(self) -> None:
        """Let go of the threads on which phones post."""
        self._phones.shutdown(cancel_futures=True)

    def _post(self, report: AppReport) -> bool:
        try:
            self._api.post_sightings(self._tokens[report.shopper], report.sightings)
        except OutletError:
            return False
        return True

    def _notice(self, data: Mapping[str, object]) -> None:
        shopper, decision = str(data["shopper_id"]), str(data["decision_id"])
        if shopper in self._led:
            return
        category = self._category.get(str(data["offer_id"]), "")
        self.offered.append((shopper, category))
        opening = self._taste.opening(shopper, decision)
        came_ms = _ms(str(data["trigger_at"]))
        self._journal.response(
            "notified", decision=decision, shopper=shopper, category=category, opens=opening.opens
        )
        if opening.opens:
            self._notices.append(
                Notice(
                    came_ms + round(1000 * opening.after_s),
                    shopper,
                    str(data["notification_id"]),
                    decision,
                    category,
                    str(data.get("coupon_code") or ""),
                    _ms(str(data["expires_at"])),
                )
            )

    def _open(self, notice: Notice) -> None:
        if notice.opens_ms >= notice.expires_ms:
            return
        self._wallets.setdefault(notice.shopper, []).append(notice)
        try:
            self._api.post_opened(
                self._tokens[notice.shopper], notice.notification, at_ms=notice.opens_ms
            )
        except OutletError:
            return
        self.counts.opened += 1

    def _ask(self, asked: Happening) -> None:
        """The app asks for an offer; what it shows is read at once."""
        try:
            answer = self._api.pull_decision(
                self._tokens[asked.shopper],
                request_id=f"ask-{asked.shopper}-{asked.visit}",
                placement="app",
            )
        except OutletError:
            return
        self.counts.asked += 1
        offer = answer.get("offer")
        if isinstance(offer, dict):
            self.counts.shown += 1
            category = self._category.get(str(offer["offer_id"]), "")
            shown = Notice(
                opens_ms=asked.at_ms,
                shopper=asked.shopper,
                notification="",
                decision=str(answer["decision_id"]),
                category=category,
                code=str(offer.get("coupon_code") or ""),
                expires_ms=_ms(str(offer["expires_at"])),
            )
            self._wallets.setdefault(asked.shopper, []).append(shown)

    def _leave(self, shopper: str) -> None:
        self._wallets.pop(shopper, None)
        self._notices = [one for one in self._notices if one.shopper != shopper]

    def _pay(self, paid: Happening) -> None:
        wallet = {one.category: one for one in self._wallets.get(paid.shopper, ())}
        lines: list[Json] = []
        shown: list[Notice] = []
        for category in ZONE_OF:
            notice = wallet.get(category)
            if not self._taste.buys(
                paid.shopper, visit=paid.visit, category=category, seen=notice is not None
            ):
                continue
            lines.append(self._line(paid, category))
            if notice and notice.code and self._taste.shows_coupon(paid.shopper, notice.decision):
                shown.append(notice)
        basket_id = f"b-{paid.shopper}-{paid.visit}-{paid.at_ms}"
        basket: Json = {
            "basket_id": basket_id,
            "till": f"till-{paid.at_ms % 2 + 1}",
            "at": _rfc3339(paid.at_ms),
            "shopper_id": paid.shopper,
            "lines": lines or [self._line(paid, next(iter(ZONE_OF)))],
            "coupon_codes": [notice.code for notice in shown],
        }
        self._unpaid.append((basket_id, basket))

    def _line(self, paid: Happening, category: str) -> Json:
        product, quantity = self._taste.pick(
            paid.shopper, visit=paid.visit, products=self._promoted[category]
        )
        amount = quantity * self._prices.get(product, 200)
        return {"product_id": product, "quantity": quantity, "amount_minor": amount}

    def _post_baskets(self) -> None:
        waiting, self._unpaid = self._unpaid, []
        for number, (basket_id, basket) in enumerate(waiting):
            try:
                answer = self._api.post_basket(basket, idempotency_key=basket_id)
            except OutletError as error:
                self._journal.response("basket_waits", basket=basket_id, error=str(error))
                self._unpaid = waiting[number:]
                return
            self.counts.baskets += 1
            self._count_coupons(answer)
            self._journal.response(
                "paid", basket=basket_id, shopper=str(basket["shopper_id"]), answer=str(answer)
            )

    def _count_coupons(self, answer: Mapping[str, object]) -> None:
        coupons = answer.get("coupons")
        for coupon in coupons if isinstance(coupons, list) else []:
            if coupon.get("status") == "redeemed":
                self.counts.redeemed += 1
            else:
                self.counts.refused += 1
                reason = str(coupon.get("reason"))
                self.counts.refusals[reason] = self.counts.refusals.get(reason, 0) + 1


def _ms(instant: str) -> int:
    return round(datetime.fromisoformat(instant).timestamp() * 1000)


def _rfc3339(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat().replace("+00:00", "Z")
