"""Web push: what is wrong with one browser's subscription is that browser's affair."""

import json

from store_server.outbox.attempt import Verdict
from store_server.outbox.flights import Flight
from tests.store_server.outbox.builders import ANN, a_claim
from tests.store_server.outbox.counterparts import web


def test_a_subscription_with_a_key_that_is_no_point_reaches_nobody() -> None:
    with web() as there:
        said = json.loads(there.address)
        said["keys"]["p256dh"] = "B" + "A" * 86

        outcome = there.channel.send(a_claim(address=json.dumps(said)), Flight(ANN))
        there.channel.close()

    assert outcome.verdict is Verdict.CONTACT_GONE
    assert there.got() == []
