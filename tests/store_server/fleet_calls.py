"""Calls of the fleet's repositories: see `repository_calls.py`."""

from collections.abc import Callable
from typing import Any

from store_server.fleet.admission import GatewayAccount
from store_server.fleet.finding import Finding
from store_server.fleet.foreign_quarter import ForeignQuarter
from store_server.fleet.hearing import Hearing, HearingKey, PowerReading
from tests.store_server.offers.builders import NOON

Call = Callable[[Any], object]
ANNS = HearingKey("gateway-ann", "identity-ann", 0)

FLEET_READS: dict[str, Call] = {
    "AdmissionRepository.code": lambda r: r.code("locator-ann"),
    "AdmissionRepository.accounts": lambda r: r.accounts(),
    "AdmissionRepository.revoked": lambda r: r.revoked(),
    "HearingRepository.slots": lambda r: r.slots(since_ms=0),
    "HearingRepository.usual": lambda r: r.usual(until_ms=10**15),
    "HearingRepository.usual_adverts": lambda r: r.usual_adverts(until_ms=10**15),
    "HearingRepository.first_slot_ms": lambda r: r.first_slot_ms(),
    "HearingRepository.last_heard": lambda r: r.last_heard(),
    "HearingRepository.power": lambda r: r.power(),
    "FindingRepository.all": lambda r: r.all(),
    "ForeignCountRepository.since": lambda r: r.since(0),
}

FLEET_WRITES: dict[str, Call] = {
    "AdmissionRepository.add_code": lambda r: r.add_code(
        "new", gateway="gateway-ann", sealed_key="s", made_by="m", expires_at=NOON
    ),
    "AdmissionRepository.use_code": lambda r: r.use_code("locator-ann", at=NOON),
    "AdmissionRepository.drop_codes": lambda r: r.drop_codes("gateway-ann"),
    "AdmissionRepository.save_account": lambda r: r.save_account(
        GatewayAccount("gateway-ann", "new", NOON, None)
    ),
    "HearingRepository.add": lambda r: r.add({ANNS: Hearing(1, -60.0, 10**15)}),
    "HearingRepository.forget_gateway": lambda r: r.forget_gateway("gateway-ann"),
    "HearingRepository.forget_beacon": lambda r: r.forget_beacon("identity-ann"),
    "HearingRepository.add_power": lambda r: r.add_power([PowerReading("new", 10**12, 3_000)]),
    "ForeignCountRepository.add": lambda r: r.add([ForeignQuarter("gateway-ann", 0, 10**9, {})]),
    "ForeignCountRepository.forget_before": lambda r: r.forget_before(10**15),
    "FindingRepository.put": lambda r: r.put([Finding("k", "new", None, "t", 1, 1)]),
}
