"""PUT /v1/gateways/{id}/config: kept, published, and refused with reasons."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from proximity_wire.messages import GatewayConfig
from store_server.entrypoints.http_app import create_app
from tests.store_server.entrypoints.web_builders import KEYS, WebStore

OPS = {"authorization": f"Bearer {KEYS['ops']}"}


def test_a_configuration_is_published_with_its_version(web: WebStore) -> None:
    published: list[GatewayConfig] = []

    def publish(config: GatewayConfig) -> bool:
        published.append(config)
        return True

    client = TestClient(create_app(replace(web.context, publish_config=publish)))
    body = {"window_s": 0.5, "log_level": "debug", "counting": None}

    answer = client.put("/v1/gateways/gw-1/config", json=body, headers=OPS)

    assert answer.json() == {"gateway_id": "gw-1", "version": 1, "published": True}
    assert (published[0].window_s, published[0].counting) == (0.5, None)
    gateways = client.get("/v1/gateways", headers=OPS).json()["gateways"]
    assert next(one["config"] for one in gateways if one["gateway_id"] == "gw-1") == "pending"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/gateways/gw-1/config", {"window_s": 0.1}, 422),
        ("/v1/gateways/gw-1/config", {"broker": "x"}, 422),
        ("/v1/gateways/gw-99/config", {}, 404),
    ],
)
def test_what_cannot_be_is_refused(
    web: WebStore, path: str, body: dict[str, object], status: int
) -> None:
    client = TestClient(create_app(web.context))

    assert client.put(path, json=body, headers=OPS).status_code == status


def test_only_operations_may_configure(web: WebStore) -> None:
    client = TestClient(create_app(web.context))
    till = {"authorization": f"Bearer {KEYS['till']}"}

    assert client.put("/v1/gateways/gw-1/config", json={}, headers=till).status_code == 403
    assert client.put("/v1/gateways/gw-1/config", json={}).status_code == 401
