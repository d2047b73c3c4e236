"""A till that is played: it asks a running store what a till asks, under names of its own."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

import httpx

from store_server.errors import Unreachable

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one rule; `passed` None: it needs a coupon and there was none."""

    rule: str
    passed: bool | None
    expected: str
    came: str

    @property
    def line(self) -> str:
        """As it is printed."""
        if self.passed is None:
            return f"NOT RUN {self.rule}: give --coupon CODE"
        if self.passed:
            return f"PASS    {self.rule}"
        sides = f"          expected {self.expected}\n          came     {self.came}"
        return f"FAIL    {self.rule}\n{sides}"


@dataclass(frozen=True, slots=True)
class Found:
    """Whether a rule holds, and the two sides of it."""

    holds: bool
    expected: str
    came: str


@dataclass
class PlayedTill:
    """A till that asks a store; every name it uses is its own."""

    url: str
    key: str
    coupons: tuple[str, ...] = ()
    run: str = field(default_factory=lambda: secrets.token_hex(4))

    def __enter__(self) -> Self:
        self._client = httpx.Client(base_url=self.url, timeout=20, trust_env=False)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def post(
        self, path: str, body: Json, *, key: str | None = None, bearer: str | None = None
    ) -> httpx.Response:
        """What the store answers.

        Raises:
            Unreachable: it does not.
        """
        headers = {"Authorization": f"Bearer {bearer or self.key}"}
        if key is not None:
            headers["Idempotency-Key"] = f"{self.run}-{key}"
        try:
            return self._client.post(path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise Unreachable(
                f"--url {self.url}: {type(error).__name__}; is the test store running?"
            ) from None

    def basket(self, name: str, **changes: Any) -> Json:  # noqa: ANN401 - any field of a basket
        """A receipt of this run over 3.49 and two for 1.98."""
        return {
            "basket_id": f"{self.run}-{name}",
            "till": "conformance-1",
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "lines": [
                {"product_id": "4006", "quantity": 1, "amount_minor": 349, "tax_bp": 700},
                {"gtin": "4006381333931", "quantity": 2, "amount_minor": 198},
            ],
            **changes,
        }

    def sell(self, name: str, **changes: Any) -> httpx.Response:  # noqa: ANN401 - see `basket`
        """Report a receipt under its own key."""
        return self.post("/v1/till/baskets", self.basket(name, **changes), key=name)

    def ask(self, operation: str, code: str, *, till: str, **more: str) -> Json:
        """Reserve, redeem or release a coupon."""
        body = {"till": till, **more}
        key = f"{operation}-{till}-{secrets.token_hex(3)}"
        return dict(self.post(f"/v1/till/coupons/{code}/{operation}", body, key=key).json())
