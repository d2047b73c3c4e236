"""The server's HTTP API as backend, app, till and operator use it; one kept connection."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

EXPONENT = 10
PURPOSES = ("location", "offers", "profile")


class StoreApi:
    """Speaks to the server that runs on this state folder, wherever it listens now."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._client: httpx.Client | None = None

    def run(self) -> dict[str, Any]:
        """What the server says of itself in run.json."""
        return dict(json.loads((self._state / "run.json").read_text()))

    def moved(self) -> None:
        """The server was started again: it listens elsewhere."""
        if self._client is not None:
            self._client.close()
        self._client = None

    def key(self, name: str) -> str:
        return (self._state / "secrets" / "keys" / f"{name}.key").read_text().strip()

    def ask(self, token: str, method: str, path: str, **arguments: Any) -> httpx.Response:
        """One request with a bearer token."""
        if self._client is None:
            self._client = httpx.Client(
                base_url=self.run()["http_url"], timeout=20, trust_env=False
            )
        headers = {"Authorization": f"Bearer {token}", **arguments.pop("headers", {})}
        return self._client.request(method, path, headers=headers, **arguments)

    def get(self, path: str) -> Any:
        """What an operator reads at this address."""
        return self.ask(self.key("ops"), "GET", path).raise_for_status().json()

    def backend(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What the retailer's backend is answered."""
        answer = self.ask(self.key("backend"), method, path, json=body).raise_for_status()
        return answer.json()

    def enrol(self, shopper: str, *, key: bytes) -> None:
        """A shopper with a tag, and consent to everything."""
        tag = {
            "identity_id": f"tag-{shopper}",
            "kind": "eid",
            "key_hex": key.hex(),
            "exponent": EXPONENT,
            "label": "tag",
        }
        self.backend("PUT", f"/v1/shoppers/{shopper}", {"language": "en", "identities": [tag]})
        consent = {
            "granted": True,
            "at": "2026-03-01T00:00:00Z",
            "source": "test",
            "text_version": "1",
        }
        for purpose in PURPOSES:
            self.backend("PUT", f"/v1/shoppers/{shopper}/consents/{purpose}", consent)

    def progress(self) -> dict[str, Any]:
        """How far the server is; nothing at all while it is away."""
        try:
            return dict(self.get("/v1/ops/progress"))
        except (httpx.TransportError, FileNotFoundError):
            return {"gateways": {}}

    def decisions(self, shoppers: Mapping[str, bytes]) -> list[dict[str, Any]]:
        """What was decided about these shoppers, newest first."""
        found = self.get("/v1/decisions?limit=200")["decisions"]
        return [one for one in found if one["shopper_id"] in shoppers]

    def quarantine(self) -> dict[tuple[str, str], int]:
        """How often a message was refused, by (end of its topic, reason)."""
        counts: dict[tuple[str, str], int] = {}
        for entry in self.get("/v1/ops/quarantine?limit=500")["entries"]:
            key = ("/".join(entry["topic"].split("/")[-3:]), entry["reason"])
            counts[key] = counts.get(key, 0) + entry["times"]
        return counts
