"""The store server's HTTP API as a retailer's backend, its app and its tills speak it.

Each request says whose key it carries: the backend registers shoppers and mints tokens, the
app has a shopper's token and never a key, the till posts receipts, operations reads.

A server that is being started again is waited for: a connection that was never made, 429 and
503 are tried again; an answer that was lost only where asking twice is asking once.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from firmware_sim.errors import OutletError
from firmware_sim.events import RangedBeacon
from firmware_sim.outlets.patience import Patience
from firmware_sim.ports import Json

APP_VERSION = "1.0.0"
_TIMEOUT_S = 15.0


@dataclass(frozen=True, slots=True, repr=False)
class StoreKeys:
    """The API keys of the three callers; never printed."""

    backend: str
    till: str
    ops: str


class StoreClient:
    """See the port `StoreApi`. Safe to be used by several threads."""

    def __init__(
        self,
        base_url: str,
        keys: StoreKeys,
        *,
        patience_s: float = 20.0,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        # trust_env: a proxy of the environment must not see a loopback server's keys.
        self._http = httpx.Client(base_url=base_url, timeout=_TIMEOUT_S, trust_env=False)
        self._keys = keys
        self._patience = Patience(patience_s, sleep=sleep, monotonic=monotonic)

    def put_shopper(
        self, shopper: str, *, household: str | None, language: str, identities: list[Json]
    ) -> None:
        """Register a shopper with enrolled identities."""
        body: Json = {"language": language, "identities": identities}
        if household is not None:
            body["household_id"] = household
        self._ask("PUT", "/v1/shoppers/{}", shopper, key=self._keys.backend, body=body)

    def put_consent(
        self, shopper: str, purpose: str, *, granted: bool, at_ms: int, source: str, text: str
    ) -> None:
        """Write one entry of the consent ledger; `text` is the version of the words shown."""
        body: Json = {
            "granted": granted,
            "at": _rfc3339(at_ms),
            "source": source,
            "text_version": text,
        }
        path = "/v1/shoppers/{}/consents/{}"
        self._ask("PUT", path, shopper, purpose, key=self._keys.backend, body=body)

    def mint_token(self, shopper: str) -> str:
        """A short-lived token for that shopper's app."""
        path = "/v1/shoppers/{}/tokens"
        answer = self._ask("POST", path, shopper, key=self._keys.backend, repeatable=True)
        return _text(answer, "token", of=path)

    def install_app(self, token: str, *, platform: str) -> None:
        """Tell of an installed app that can show notifications."""
        body: Json = {"platform": platform, "app_version": APP_VERSION, "push_capable": True}
        self._ask("POST", "/v1/app/installs", key=token, body=body)

    def add_endpoint(self, url: str, *, description: str) -> str:
        """Register the retailer's webhook receiver; the answer is the signing secret."""
        path = "/v1/webhook-endpoints"
        body: Json = {"url": url, "description": description, "payload": "full"}
        return _text(self._ask("POST", path, key=self._keys.backend, body=body), "secret", of=path)

    def post_sightings(self, token: str, sightings: Sequence[RangedBeacon]) -> Json:
        """Report ranged beacons: {accepted, refused}."""
        rows = [
            {
                "beacon": seen.beacon,
                "rssi_dbm": seen.rssi_dbm,
                "at": _rfc3339(seen.at_ms),
                "measured_power_dbm": seen.measured_power_dbm,
                "count": seen.heard,
            }
            for seen in sightings
        ]
        return self._ask("POST", "/v1/app/sightings", key=token, body={"sightings": rows})

    def post_opened(self, token: str, notification: str, *, at_ms: int) -> None:
        """Tell that a notification was opened."""
        path = "/v1/app/notifications/{}/opened"
        body: Json = {"at": _rfc3339(at_ms)}
        self._ask("POST", path, notification, key=token, body=body, repeatable=True)

    def pull_decision(self, token: str, *, request_id: str, placement: str) -> Json:
        """Ask for an offer now; the same `request_id` is the same question."""
        body: Json = {"request_id": request_id, "placement": placement}
        return self._ask("POST", "/v1/app/decisions", key=token, body=body, repeatable=True)

    def post_basket(self, basket: Json, *, idempotency_key: str) -> Json:
        """Post a till receipt: {basket_id, coupons, total_minor}."""
        return self._ask(
            "POST",
            "/v1/till/baskets",
            key=self._keys.till,
            body=basket,
            headers={"Idempotency-Key": idempotency_key},
            repeatable=True,
        )

    def get(self, path: str) -> Mapping[str, object]:
        """Read a back-office JSON resource such as /v1/ops/progress or /v1/report."""
        return self._ask("GET", path, key=self._keys.ops)

    def shopper_data(self, shopper: str) -> Mapping[str, object]:
        """{shopper_id, data}: all that is kept of a shopper, as the shopper may download it."""
        return self._ask("GET", "/v1/shoppers/{}/data", shopper, key=self._keys.backend)

    def close(self) -> None:
        """Let go of connections."""
        self._http.close()

    def _ask(
        self,
        method: str,
        path: str,
        *names: str,
        key: str,
        body: Json | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = False,
    ) -> Json:
        """The answer's JSON object, empty when there is none.

        `path` has {} where `names` go; errors show the template, so that no shopper is named.
        """
        what = f"{method} {path.replace('{}', '…')}"
        request = self._http.build_request(
            method,
            path.format(*(_quoted(name) for name in names)) if names else path,
            json=body,
            headers={"Authorization": f"Bearer {key}", **(headers or {})},
        )
        response = self._patience.send(
            lambda: self._http.send(request),
            what=what,
            repeatable=repeatable or method in {"GET", "PUT"},
        )
        if not response.is_success:
            raise OutletError(f"{what}: {_refusal(response)}")
        return _json_object(response, what=what)


def _quoted(name: str) -> str:
    return name.replace("%", "%25").replace("/", "%2F").replace("?", "%3F").replace("#", "%23")


def _rfc3339(at_ms: int) -> str:
    instant = datetime.fromtimestamp(at_ms / 1000, UTC)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json_object(response: httpx.Response, *, what: str) -> Json:
    if not response.content:
        return {}
    try:
        content = response.json()
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise OutletError(f"{what}: {response.status_code}, but the answer is no JSON object")
    return content


def _refusal(response: httpx.Response) -> str:
    """Status, code and detail of a problem document."""
    try:
        problem = response.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict):
        return f"{response.status_code} without a problem document"
    said = f"{response.status_code} {problem.get('code', '?')}: {problem.get('detail', '?')}"
    mistakes = problem.get("errors")
    return f"{said} {mistakes[:3]}" if isinstance(mistakes, list) and mistakes else said


def _text(answer: Json, name: str, *, of: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str):
        raise OutletError(f"POST {of.replace('{}', '…')}: the answer has no text {name!r}")
    return value
