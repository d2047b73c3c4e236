"""Posts a notification to a retailer's backend, signed; nothing but a 2xx is a yes.

No redirect is followed, no proxy of the environment is used, and outside development the
address that was checked is the address that is spoken to (the name stands in Host and SNI).
The answer is read up to what the log keeps: a receiver that sends for ever is cut off.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import httpx

from store_server.outbox.attempt import BODY_KEPT, AttemptOutcome, Claim, Verdict
from store_server.outbox.endpoint import is_denied, problem_with_url
from store_server.outbox.retry_schedule import retry_after_s
from store_server.outbox.signature import sign

Resolve = Callable[[str, int], list[str]]
"""The IP addresses of a host name; raises OSError when there are none."""

_GONE = 410
# The status has said it all; the body is for the log only.
ANSWER_MS = 2_000
_USER_AGENT = "beaconry-webhook/1"


class Refused(Exception):
    """The address must not be spoken to; the text says why."""


class WebhookChannel:
    """The adapter; safe to be used by several threads."""

    def __init__(
        self,
        client: httpx.Client,
        *,
        resolve: Resolve,
        now_system_ms: Callable[[], int],
        development: bool,
    ) -> None:
        self._client = client
        self._resolve = resolve
        self._now_system_ms = now_system_ms
        self._development = development

    def send(self, claim: Claim) -> AttemptOutcome:
        """One POST; see the port."""
        started = self._now_system_ms()
        try:
            request = self._request(claim, at_ms=started)
            with_body = self._client.send(request, stream=True)
            try:
                body = self._start_of(with_body)
            finally:
                with_body.close()
        except (httpx.HTTPError, httpx.InvalidURL, OSError, Refused, ValueError) as error:
            return self._failed(started, error)
        return AttemptOutcome(
            verdict=_verdict(with_body.status_code),
            started_system_ms=started,
            latency_ms=max(0, self._now_system_ms() - started),
            status=with_body.status_code,
            error=None,
            body=body,
            retry_after_s=retry_after_s(
                with_body.headers.get("retry-after"), now_system_ms=self._now_system_ms()
            ),
        )

    def _request(self, claim: Claim, *, at_ms: int) -> httpx.Request:
        problem = problem_with_url(claim.url, development=self._development)
        if problem is not None:
            raise Refused(problem)
        body = claim.body.encode()
        at = datetime.fromtimestamp(at_ms / 1000, UTC)
        headers = sign(body, webhook_id=claim.notification, at=at, secrets=claim.secrets)
        headers |= {"content-type": "application/json", "user-agent": _USER_AGENT}
        url = httpx.URL(claim.url)
        if self._development:
            return self._client.build_request("POST", url, content=body, headers=headers)
        pinned = url.copy_with(host=self._checked_address(url))
        headers["host"] = url.netloc.decode()
        return self._client.build_request(
            "POST",
            pinned,
            content=body,
            headers=headers,
            extensions={"sni_hostname": url.host},
        )

    def _checked_address(self, url: httpx.URL) -> str:
        """An address of the host, when every one of them may be spoken to."""
        addresses = self._resolve(url.host, url.port or 443)
        if not addresses:
            raise Refused(f"{url.host} has no address")
        for address in addresses:
            if is_denied(address):
                raise Refused(f"{url.host} leads to a private or special address")
        return addresses[0]

    def _start_of(self, response: httpx.Response) -> str:
        """The first BODY_KEPT characters of the answer, printable, as far as they come in time."""
        until_ms = self._now_system_ms() + ANSWER_MS
        kept = b""
        for chunk in response.iter_raw():
            kept += chunk
            if len(kept) >= BODY_KEPT or self._now_system_ms() >= until_ms:
                break
        text = kept[:BODY_KEPT].decode("utf-8", errors="replace")
        return "".join(character if character.isprintable() else " " for character in text)

    def _failed(self, started: int, error: Exception) -> AttemptOutcome:
        return AttemptOutcome(
            verdict=Verdict.TRY_AGAIN,
            started_system_ms=started,
            latency_ms=max(0, self._now_system_ms() - started),
            status=None,
            error=f"{type(error).__name__}: {error}"[:BODY_KEPT],
            body="",
        )


def _verdict(status: int) -> Verdict:
    if 200 <= status < 300:
        return Verdict.TAKEN
    return Verdict.ENDPOINT_GONE if status == _GONE else Verdict.TRY_AGAIN
