"""The retailer's backend takes signed webhooks once, over real HTTP on loopback."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator

import httpx
import pytest

from firmware_sim.outlets.receiver import MAX_BODY_BYTES, WebhookReceiver

KEY = b"a key of twenty-four byt"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
NOW_S = 1_767_607_200


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    receiver = WebhookReceiver(now_s=lambda: NOW_S)
    receiver.trust(SECRET)
    yield receiver
    receiver.close()


def post(
    receiver: WebhookReceiver,
    body: bytes,
    *,
    webhook_id: str = "n-1",
    key: bytes = KEY,
    path: str | None = None,
) -> int:
    signed = f"{webhook_id}.{NOW_S}.".encode() + body
    mac = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(NOW_S),
        "webhook-signature": f"v1,{mac}",
    }
    url = receiver.url if path is None else receiver.url.rsplit("/", 1)[0] + path
    return httpx.post(url, content=body, headers=headers, trust_env=False).status_code


def test_a_signed_webhook_reaches_the_inbox(receiver: WebhookReceiver) -> None:
    status = post(receiver, b'{"type":"offer.notification"}', webhook_id="n-7")

    (webhook,) = receiver.drain()
    assert status == 204
    assert (webhook.webhook_id, webhook.body) == ("n-7", {"type": "offer.notification"})
    assert receiver.drain() == []


def test_a_webhook_that_comes_again_counts_once(receiver: WebhookReceiver) -> None:
    first = post(receiver, b"{}", webhook_id="n-1")
    receiver.drain()

    again = post(receiver, b"{}", webhook_id="n-1")

    assert (first, again) == (204, 204)
    assert receiver.drain() == []


def test_webhooks_come_out_in_order_of_receipt(receiver: WebhookReceiver) -> None:
    names = [f"n-{number}" for number in range(20)]

    for name in names:
        post(receiver, b"{}", webhook_id=name)

    assert [webhook.webhook_id for webhook in receiver.drain()] == names


def test_a_forged_webhook_is_refused_and_counted(receiver: WebhookReceiver) -> None:
    status = post(receiver, b"{}", key=b"another key")

    assert status == 401
    assert receiver.refused == 1
    assert receiver.drain() == []


def test_nothing_is_accepted_before_a_secret_is_trusted() -> None:
    receiver = WebhookReceiver(now_s=lambda: NOW_S)

    status = post(receiver, b"{}")
    receiver.close()

    assert (status, receiver.refused) == (401, 1)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 50_000])
def test_a_signed_body_that_is_no_object_is_refused(receiver: WebhookReceiver, body: bytes) -> None:
    assert post(receiver, body) == 400
    assert receiver.drain() == []


def test_a_body_beyond_the_limit_is_refused_unread(receiver: WebhookReceiver) -> None:
    body = json.dumps({"x": "y" * MAX_BODY_BYTES}).encode()

    assert post(receiver, body) == 413


def test_another_path_is_not_found(receiver: WebhookReceiver) -> None:
    assert post(receiver, b"{}", path="/other") == 404
    assert receiver.drain() == []


def test_a_body_of_unstated_size_is_refused(receiver: WebhookReceiver) -> None:
    response = httpx.post(receiver.url, content=iter([b"{}"]), trust_env=False)

    assert response.status_code == 411
