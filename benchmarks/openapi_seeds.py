"""A store with one of everything, for fuzzing: what the API's paths can name, and honest bodies."""

import itertools
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec

from benchmarks.openapi_bodies import CONTACT, KIND, PRINTED
from benchmarks.openapi_objects import Objects
from benchmarks.openapi_offers import Offers
from benchmarks.outbox_kills import ANN, Store
from proximity_wire.enrolment import make_request, read_code

Json = dict[str, Any]
Values = dict[str, Any]
BEACON = "0f3b8a9e-6a0c-4c1e-9d5a-2f1f5b6c7d8e:1:1"
CONSENT = {"granted": True, "source": "fuzz", "text_version": "1"}
PLAN_PARTS = ("width_m", "height_m", "zones", "gateways", "beacons", "walls")


class Seeds:
    """Puts things into a running store, and says what they are called."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._objects = Objects(store)
        self._offers = Offers(store)
        self._numbers = itertools.count(1)
        self._plan: Json = {}
        self.names: Values = {"purpose": "offers", "zone_id": "left", "gateway_id": "gw-1"}
        self.names |= {"offer_id": "bread", "campaign_id": "bread-left", "product_id": "p1"}
        self.names |= {"subject": "b-1", "kind": "recipe-saved", "name": "city"}

    @property
    def base_url(self) -> str:
        """Where the store's API is."""
        return str(self._store.api.run()["http_url"])

    def key(self, name: str) -> str:
        """A key by its scope, or a fresh token of the seeded shopper."""
        if name != "app":
            return self._store.api.key(name)
        return str(self._post("backend", "/v1/shoppers/ann/tokens")["token"])

    def plant(self) -> None:
        """One of everything."""
        self._shopper(ANN)
        self.names["shopper_id"] = ANN
        city = {"type": "text", "labels": {"es": "ciudad"}}
        self._put("ops", "/v1/attributes/city", city)
        kind = {"purpose": "profile", "fields": [{"name": "recipe", "type": "text"}]}
        self._put("backend", "/v1/event-kinds/recipe-saved", {**kind, "keep_days": 30})
        tree = {"kind": "everyone"}
        self._put("ops", "/v1/segments/all", {"name": "Everybody", "tree": tree})
        self.names["segment_id"] = "all"
        self.names["endpoint_id"] = self.endpoint()
        product = {"name": "Bread", "category": "BREAD", "price_minor": 300, "margin_minor": 150}
        self._try("PUT", "ops", "/v1/products/p1", product)
        plan = self._get("ops", "/v1/plan")
        self._plan = {name: plan[name] for name in PLAN_PARTS if name in plan}
        self.names["decision_id"] = self.decision()["decision_id"]

    def decision(self) -> Json:
        """A fresh answer to the app's question."""
        question = {"request_id": f"q-{next(self._numbers)}", "placement": "app", "zone": "right"}
        return self._post("app", "/v1/app/decisions", question)

    def endpoint(self) -> str:
        """A fresh endpoint where nobody listens."""
        url = f"http://127.0.0.1:9/{next(self._numbers)}"
        for old in self._get("backend", "/v1/webhook-endpoints")["endpoints"][8:]:
            self._try("DELETE", "backend", f"/v1/webhook-endpoints/{old['endpoint_id']}")
        return str(self._post("backend", "/v1/webhook-endpoints", {"url": url})["endpoint_id"])

    def merge(self) -> Json:
        """Two fresh shoppers, ready to be merged: path and body of the request."""
        first, second = (f"m-{next(self._numbers)}" for _ in range(2))
        self._shopper(first)
        self._shopper(second)
        return {"path": {"shopper_id": first}, "body": {"absorbed_id": second}}

    def for_operation(self, method: str, path: str) -> Values | None:
        """Path, query and body that a server should take; None: the documented example will do."""
        known = self._of_shoppers() | self._of_the_store() | self._of_what_is_out()
        known |= self._offers.known()
        made = known.get(f"{method} {path}")
        return made() if made else None

    def _of_shoppers(self) -> dict[str, Callable[[], Values]]:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        shopper = {"language": "en", "identities": []}
        return {
            "PUT /v1/shoppers/{shopper_id}": lambda: {"body": shopper},
            "DELETE /v1/shoppers/{shopper_id}": lambda: {"path": {"shopper_id": self._new()}},
            "POST /v1/shoppers/{shopper_id}/merges": self.merge,
            "DELETE /v1/merges/{merge_id}": self._merged,
            "PUT /v1/event-kinds/{kind}": self._kind,
            "POST /v1/events": lambda: {"body": {"events": [self._event(at)]}},
            "DELETE /v1/shoppers/{shopper_id}/complaints/{complaint_id}": self._complaint,
            "POST /v1/shoppers/{shopper_id}/complaints": lambda: {"body": {"topic": "taste"}},
            "PUT /v1/shoppers/{shopper_id}/attributes": lambda: {
                "body": {"attributes": {"city": "Vienna"}}
            },
            "PUT /v1/shoppers/{shopper_id}/contacts/{channel}": self._contact,
            "DELETE /v1/shoppers/{shopper_id}/contacts/{channel}": self._contact,
            "PUT /v1/app/contacts/{channel}": self._contact,
            "DELETE /v1/app/contacts/{channel}": self._contact,
            "PUT /v1/attributes/{name}": lambda: {"body": {"type": "text"}},
        }

    def _kind(self) -> Values:
        return {"path": {"kind": f"kind-{next(self._numbers) % 20}"}, "body": KIND}

    def _contact(self) -> Values:
        self._put("backend", f"/v1/shoppers/{ANN}/contacts/email", CONTACT)
        return {"path": {"shopper_id": ANN, "channel": "email"}, "body": CONTACT}

    def _of_the_store(self) -> dict[str, Callable[[], Values]]:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        return {
            "POST /v1/app/decisions": lambda: {
                "body": {"request_id": uuid.uuid4().hex, "placement": "app", "zone": "right"}
            },
            "POST /v1/app/sightings": lambda: {
                "body": {"sightings": [{"beacon": BEACON, "rssi_dbm": -64, "at": at}]}
            },
            "POST /v1/till/baskets": lambda: {"body": self._basket(at)},
            "GET /v1/segments/{segment_id}/explain": lambda: {"query": {"shopper_id": ANN}},
            "POST /v1/segments:preview": lambda: {"body": {"tree": {"kind": "everyone"}}},
            "PUT /v1/segments/{segment_id}": lambda: {
                "body": {"name": "Everybody", "tree": {"kind": "everyone"}}
            },
            "GET /v1/reports/{name}": lambda: {"path": {"name": "funnel"}},
            "GET /v1/reports/{name}/file": lambda: {"path": {"name": "funnel"}},
            "POST /v1/till/baskets/{basket_id}/returns": lambda: self._return(at),
            "PUT /v1/plan": lambda: {"body": self._plan},
            "PUT /v1/zones/{zone_id}": self._zone,
            "POST /v1/creatives:preview": lambda: {"body": {"offer_id": "bread"}},
            "POST /v1/enrolments": self._enrolment,
            "PUT /v1/ops/kill-switch": lambda: {"body": {"on": False, "note": ""}},
        }

    def _of_what_is_out(self) -> dict[str, Callable[[], Values]]:
        return {
            "POST /v1/webhook-endpoints": self._new_endpoint,
            "DELETE /v1/webhook-endpoints/{endpoint_id}": lambda: {
                "path": {"endpoint_id": self.endpoint()}
            },
            "POST /v1/deliveries/{notification_id}/{endpoint_id}/replay": lambda: (
                self._objects.dead(self.names["endpoint_id"])
            ),
            "GET /v1/notifications/{notification_id}": self._objects.notification,
            "POST /v1/staff/tasks/{task_id}/claim": self._objects.task,
            "POST /v1/staff/tasks/{task_id}/close": self._claimed,
            "PUT /v1/codes/{code}": self._printed,
            "DELETE /v1/codes/{code}": self._printed,
            "GET /v1/app/coupons/{code}/qr.svg": lambda: {"path": {"code": self._objects.coupon()}},
            "POST /v1/till/coupons/{code}/reserve": self._objects.shown,
            "POST /v1/till/coupons/{code}/redeem": self._objects.used,
            "POST /v1/till/coupons/{code}/release": self._held,
            "POST /v1/app/notifications/{notification_id}/opened": self._objects.opened,
            "POST /v1/app/decisions/{decision_id}/dismissed": self._objects.dismissible,
        }

    def refresh(self) -> None:
        """What one operation's examples took away, the next one finds again."""
        self._try("PUT", "ops", "/v1/ops/kill-switch", {"on": False, "note": ""})
        self._try("PUT", "ops", "/v1/plan", self._plan)
        self._shopper(ANN)

    def _claimed(self) -> Values:
        made = self._objects.task()
        self._post("ops", f"/v1/staff/tasks/{made['path']['task_id']}/claim")
        return {**made, "body": {"result": "helped"}}

    def _printed(self) -> Values:
        code = f"shelf-{next(self._numbers)}"
        self._put("ops", f"/v1/codes/{code}", PRINTED)
        return {"path": {"code": code}, "body": PRINTED}

    def _held(self) -> Values:
        made = self._objects.shown()
        path = f"/v1/till/coupons/{made['path']['code']}/reserve"
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        answer = self._store.api.ask(
            self.key("till"), "POST", path, json=made["body"], headers=headers
        )
        answer.raise_for_status()
        return made

    def _zone(self) -> Values:
        zone = next(one for one in self._plan["zones"] if one["id"] == "left")
        body = {name: zone[name] for name in ("name", "kind", "polygon")}
        return {"path": {"zone_id": "left"}, "body": body}

    def _enrolment(self) -> Values:
        code = self._post("ops", "/v1/gateways/gw-3/enrolment-codes")["code"]
        request = make_request(read_code(code), secret=b"s" * 32, nonce=uuid.uuid4().bytes)
        return {"body": msgspec.to_builtins(request)}

    def _shopper(self, name: str) -> None:
        self._put("backend", f"/v1/shoppers/{name}", {"language": "en"})
        for purpose in ("location", "offers", "profile"):
            self._put("backend", f"/v1/shoppers/{name}/consents/{purpose}", CONSENT)

    def _new(self) -> str:
        name = f"n-{next(self._numbers)}"
        self._put("backend", f"/v1/shoppers/{name}", {"language": "en"})
        return name

    def _new_endpoint(self) -> Values:
        self.endpoint()
        return {"body": {"url": f"http://127.0.0.1:9/{next(self._numbers)}"}}

    def _merged(self) -> Values:
        asked = self.merge()
        shopper = asked["path"]["shopper_id"]
        done = self._post("backend", f"/v1/shoppers/{shopper}/merges", asked["body"])
        return {"path": {"merge_id": done["merge_id"]}}

    def _complaint(self) -> Values:
        body = {"complaint_id": f"c-{next(self._numbers)}", "topic": "taste"}
        self._post("backend", f"/v1/shoppers/{ANN}/complaints", body)
        return {"path": {"shopper_id": ANN, "complaint_id": body["complaint_id"]}}

    def _event(self, at: str) -> Json:
        name = f"e-{next(self._numbers)}"
        head = {"event_id": name, "shopper_id": ANN, "kind": "recipe-saved", "at": at}
        return {**head, "said": {"recipe": "focaccia"}}

    def _basket(self, at: str) -> Json:
        number = next(self._numbers)
        line = {"product_id": "p1", "quantity": 1, "amount_minor": 300}
        head = {"basket_id": f"r-{number}", "till": "till-1", "at": at, "shopper_id": ANN}
        return {**head, "lines": [line], "coupon_codes": []}

    def _return(self, at: str) -> Values:
        basket = self._basket(at)
        till = self.key("till")
        headers = {"Idempotency-Key": basket["basket_id"]}
        answer = self._store.api.ask(till, "POST", "/v1/till/baskets", json=basket, headers=headers)
        answer.raise_for_status()
        body = {"return_id": f"ret-{next(self._numbers)}", "till": "till-1", "at": at}
        return {"path": {"basket_id": basket["basket_id"]}, "body": body}

    def _put(self, key: str, path: str, body: Json) -> None:
        self._ask("PUT", key, path, body).raise_for_status()

    def _post(self, key: str, path: str, body: Json | None = None) -> Json:
        return dict(self._ask("POST", key, path, body).raise_for_status().json())

    def _get(self, key: str, path: str) -> Json:
        return dict(self._ask("GET", key, path, None).raise_for_status().json())

    def _try(self, method: str, key: str, path: str, body: Json | None = None) -> None:
        self._ask(method, key, path, body)

    def _ask(self, method: str, key: str, path: str, body: Json | None) -> httpx.Response:
        return self._store.api.ask(self.key(key), method, path, json=body)
