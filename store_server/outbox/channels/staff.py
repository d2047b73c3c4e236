"""Tells those who work here: `{"text": ...}`, as the incoming webhooks of chat services take it.

Slack, Mattermost, Rocket.Chat, Google Chat and Teams' workflows do. The URL is a secret of the
operator's, from a file; a service on the store's own network is fine, because no customer chose it.
Other services are reached through `apprise_service`.
"""

import json
import ssl
from collections.abc import Callable

from store_server.outbox.attempt import AttemptOutcome, Claim, Verdict
from store_server.outbox.channels.guarded_http import GuardedHttp, Post, Unsendable
from store_server.outbox.channels.guarded_network import Resolve
from store_server.outbox.channels.message import message_of
from store_server.outbox.flights import Flight

MAX_TEXT_BYTES = 4_000
_PASSING = frozenset({401, 403, 404, 408, 425, 429})


class StaffChannel:
    """The adapter; safe to be used by several threads."""

    def __init__(
        self,
        *,
        resolve: Resolve,
        now_system_ms: Callable[[], int],
        timeout_s: float,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._http = GuardedHttp(
            resolve=resolve,
            now_system_ms=now_system_ms,
            timeout_s=timeout_s,
            anywhere=True,
            ssl_context=ssl_context,
        )

    def send(self, claim: Claim, flight: Flight) -> AttemptOutcome:
        """One POST to the operator's URL, which is the claim's address; see the port."""
        return self._http.post(
            claim, flight, write=lambda _at_ms: _write(claim), verdict_of=_verdict
        )

    def close(self) -> None:
        """End its connections."""
        self._http.close()


def _write(claim: Claim) -> Post:
    message = message_of(claim.body)
    text = f"{message.title}\n{message.body}".strip()
    body = json.dumps({"text": text}, ensure_ascii=False).encode()
    if len(body) > MAX_TEXT_BYTES:
        raise Unsendable(f"the text has {len(body)} bytes; at most {MAX_TEXT_BYTES} are posted")
    headers = {"content-type": "application/json", "webhook-id": claim.notification}
    return Post(claim.address, headers, body)


def _verdict(status: int) -> Verdict:
    """A wrong URL is the operator's to mend: until then it is tried again, as long as it lives."""
    if 200 <= status < 300:
        return Verdict.TAKEN
    for_good = 400 <= status < 500 and status not in _PASSING
    return Verdict.REFUSED if for_good else Verdict.TRY_AGAIN
