from firmware_sim.outage import Outage, OutageKind
from firmware_sim.outage_play import OutagePlay


class FakeGateways:
    """Gateways that remember what was done to them."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str, str]] = []

    def take_out(self, gateway: str, kind: OutageKind) -> None:
        self.done.append(("out", gateway, kind))

    def bring_back(self, gateway: str, kind: OutageKind) -> None:
        self.done.append(("back", gateway, kind))


OUTAGES = (
    Outage("gw-1", OutageKind.NET, from_s=2, for_s=3),
    Outage("gw-2", OutageKind.RADIO, from_s=3, for_s=100),
)


def test_each_outage_begins_and_ends_once_at_its_second() -> None:
    gateways = FakeGateways()
    play, seen = OutagePlay(OUTAGES, gateways), []

    for second in range(8):
        play.play(second)
        seen.append((second, len(gateways.done)))

    assert seen == [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3), (7, 3)]
    assert gateways.done[-1] == ("back", "gw-1", "net")


def test_a_gateway_with_a_silent_radio_still_speaks_to_the_store() -> None:
    play = OutagePlay(OUTAGES, FakeGateways())

    play.play(4)

    assert play.silent == {"gw-1"}


def test_at_the_end_everything_is_brought_back() -> None:
    gateways = FakeGateways()
    play = OutagePlay(OUTAGES, gateways)
    play.play(4)

    play.end()

    assert [what for what, *_ in gateways.done] == ["out", "out", "back", "back"]
    assert play.silent == frozenset()
