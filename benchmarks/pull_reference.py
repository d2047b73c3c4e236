"""The bare route that pulls are held against: Starlette, the same bodies, nothing behind it.

Run: python -m benchmarks.pull_reference SOCKET-FD
"""

import socket
import sys
from datetime import UTC, datetime

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from store_server.bootstrap.collect_seldom import collect_seldom
from store_server.entrypoints.api.schemas.pull import (
    PulledOfferShown,
    PullReply,
    read_pull,
    write_reply,
)

OFFER = PulledOfferShown(
    decision_id="kq3exampledecisionofthebench",
    offer_id="o17",
    title="Offer 17",
    body="0.47 EUR off",
    coupon_code="YAKMVS9-EDD1RCR-G0FQ8WX",
    face_value_minor=47,
    personal_discount=False,
    expires_at=datetime(2026, 3, 4, 12, tzinfo=UTC),
    language="en",
    reason="best",
    reason_text="Of all that is on offer here this suits you best.",
)


async def answer(request: Request) -> Response:
    """The question read, an answer of the usual size written."""
    body = read_pull(await request.body())
    reply = PullReply(body.request_id, "offered", OFFER, (OFFER,), None, None)
    return Response(write_reply(reply), media_type="application/json")


def main() -> None:
    """Serve on a socket that is open already."""
    app = Starlette(routes=[Route("/v1/app/decisions", answer, methods=["POST"])])
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False)
    collect_seldom()  # as the server does
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


if __name__ == "__main__":
    main()
