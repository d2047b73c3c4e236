"""The signals page, and its recording as the agent of a gateway reads it back."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from edge_agent.cli import main
from edge_agent.recording import read_recording
from proximity_wire.frames import EddystoneTlm, IBeacon, decode_advert
from store_server.clock import to_ms
from store_server.fleet.hearing import BeaconRow
from store_server.presence.gateway_live import GatewayLive
from tests.store_server.entrypoints.web_builders import PLAN, UUID, WebStore
from tests.store_server.offers.builders import NOON

AT = "/store/signals"
TOLD = {"battery_mv": 2_950.0, "temperature_c": 21.5, "advert_count": 900.0, "uptime_s": 90.0}


def hear(web: WebStore, gateway: str = "gw-1", *, beacons: int = 2) -> None:
    for second in (12, 11):
        at_ms = to_ms(NOON) - 1_000 * second
        rows = [
            BeaconRow(one.identity, at_ms, 10, -61.4, TOLD if second == 12 else None, -55, -59)
            for one in PLAN.beacons[:beacons]
        ]
        web.context.rooms.signals.add(gateway, rows)


def row_of(page: str, beacon: str) -> str:
    found = re.search(rf'<tr data-beacon="{beacon}".*?</tr>', page, re.S)
    assert found, beacon
    return re.sub(r"<[^>]+>", " ", found[0])


def test_a_beacon_stands_there_with_its_decoded_fields(web: WebStore) -> None:
    hear(web)

    row = row_of(web.manager().get(AT).text, "b-0")

    for said in ("Entrance", "gw-1", "11 s ago", " 20 ", "-61 dBm", "2.95 V", "21.5 °C"):
        assert said in row
    assert f"{UUID}:1:0" in row


def test_the_rest_stands_there_as_counts(web: WebStore) -> None:
    line = GatewayLive("gw-1", health={"frames": {"eid": 1_234}})
    web.context.rooms.live = web.context.rooms.live.with_gateway(line)

    page = web.manager().get(AT).text

    assert ">eid</th>" in page
    assert "1,234" in page
    assert "No fixed beacon is heard" in page


def test_words_of_an_address_are_shown_as_text(web: WebStore) -> None:
    hear(web)

    page = web.manager().get(AT, params={"text": "<b>", "after": "~~", "gateway": "<i>"}).text

    assert "<b>" not in page
    assert 'value="&lt;b&gt;"' in page


def test_a_long_list_has_pages(web: WebStore) -> None:
    for number in range(20):
        hear(web, f"gw-{number}", beacons=6)
    manager = web.manager()

    first = manager.get(AT).text
    further = re.search(r'href="([^"]+)" rel="next"', first)
    assert further
    second = manager.get(further[1].replace("&amp;", "&")).text

    assert (first.count("<tr data-beacon"), second.count("<tr data-beacon")) == (100, 20)
    assert f'href="{AT}"' in second


def test_the_recording_is_read_back_by_the_agent_of_a_gateway(web: WebStore) -> None:
    hear(web)
    hear(web, "gw-2", beacons=1)

    answer = web.manager().get(f"{AT}/recording", params={"gateway": "gw-1", "text": "b-1"})

    faults = Counter[str]()
    adverts = list(read_recording(answer.text.splitlines(), faults=faults))
    assert not faults
    assert [decode_advert(one.ad) for one in adverts] == [
        EddystoneTlm(2_950, 21.5, 900, 900),
        IBeacon(UUID, 1, 1, -59),
        IBeacon(UUID, 1, 1, -59),
    ]
    assert {(one.rssi_dbm, one.address) for one in adverts} == {(-61, adverts[0].address)}
    assert adverts[-1].heard_at_ms == to_ms(NOON) - 11_000
    assert "signals.jsonl" in answer.headers["content-disposition"]


def test_edge_agent_replay_counts_its_frames(
    web: WebStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hear(web)
    file = tmp_path / "signals.jsonl"
    file.write_bytes(web.manager().get(f"{AT}/recording").content)

    assert main(["replay", str(file), "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["kinds"] == {"ibeacon": 4, "tlm": 2}
    assert (told["addresses"], told["not_understood"]) == (2, 0)


def test_who_is_not_logged_in_sees_and_saves_nothing(web: WebStore) -> None:
    for path in (AT, f"{AT}/recording"):
        assert web.client().get(path, follow_redirects=False).status_code == 303
