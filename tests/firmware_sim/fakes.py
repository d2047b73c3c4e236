"""Fakes of the ports: a store that remembers what it was told, a feed, an inbox."""

from collections.abc import Mapping, Sequence

from firmware_sim.errors import OutletError
from firmware_sim.events import HeardAdvert, RangedBeacon
from firmware_sim.ports import Json, Webhook


class FakeStore:
    """A store server that takes everything, in order, unless it is `down`."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, object]] = []
        self.down = False
        self.progress: Json = {}
        self.pulled: Json = {"outcome": "nothing", "offer": None}

    def said(self, what: str) -> list[object]:
        return [body for name, body in self.calls if name == what]

    def _take(self, what: str, body: object) -> None:
        if self.down:
            raise OutletError(f"{what}: no answer")
        self.calls.append((what, body))

    def put_shopper(
        self, shopper: str, *, household: str | None, language: str, identities: list[Json]
    ) -> None:
        self._take("shopper", (shopper, household, identities))

    def put_consent(
        self, shopper: str, purpose: str, *, granted: bool, at_ms: int, source: str, text: str
    ) -> None:
        self._take("consent", (shopper, purpose, granted))

    def mint_token(self, shopper: str) -> str:
        self._take("token", shopper)
        return f"token-{shopper}"

    def install_app(self, token: str, *, platform: str) -> None:
        self._take("install", (token, platform))

    def add_endpoint(self, url: str, *, description: str) -> str:
        self._take("endpoint", url)
        return "whsec_test"

    def post_sightings(self, token: str, sightings: Sequence[RangedBeacon]) -> Json:
        self._take("sightings", token)
        return {"accepted": len(sightings), "refused": []}

    def post_opened(self, token: str, notification: str, *, at_ms: int) -> None:
        self._take("opened", (notification, at_ms))

    def pull_decision(self, token: str, *, request_id: str, placement: str) -> Json:
        self._take("pull", request_id)
        return self.pulled

    def post_basket(self, basket: Json, *, idempotency_key: str) -> Json:
        self._take("basket", basket)
        codes = basket["coupon_codes"]
        assert isinstance(codes, list)
        return {"coupons": [{"code": code, "status": "redeemed"} for code in codes]}

    def get(self, path: str) -> Mapping[str, object]:
        self._take("get", path)
        return self.progress

    def shopper_data(self, shopper: str) -> Mapping[str, object]:
        return {"data": {"visits": []}}

    def close(self) -> None:
        self.calls.append(("close", None))


class FakeFeed:
    """A gateway that remembers its ticks."""

    def __init__(self) -> None:
        self.adverts = 0
        self.ticks: list[int] = []
        self.listens = True

    def send_adverts(self, adverts: Sequence[HeardAdvert]) -> bool:
        self.adverts += len(adverts) if self.listens else 0
        return self.listens

    def send_tick(self, at_ms: int) -> bool:
        if self.listens:
            self.ticks.append(at_ms)
        return self.listens

    def close(self) -> None:
        self.listens = False


class FakeInbox:
    """A receiver whose webhooks the test puts in."""

    url = "http://127.0.0.1:1/webhooks"
    refused = 0

    def __init__(self) -> None:
        self.secret = ""
        self.waiting: list[Webhook] = []

    def trust(self, secret: str) -> None:
        self.secret = secret

    def drain(self) -> list[Webhook]:
        taken, self.waiting = self.waiting, []
        return taken

    def close(self) -> None:
        self.waiting = []
