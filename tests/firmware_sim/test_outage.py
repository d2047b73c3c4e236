from firmware_sim.outage import Outage, OutageKind


def test_an_outage_begins_with_its_first_second_and_ends_before_its_last() -> None:
    outage = Outage("gw-1", OutageKind.POWER, from_s=10, for_s=5)

    assert [second for second in range(20) if outage.covers(second)] == [10, 11, 12, 13, 14]


def test_only_without_net_does_a_gateway_still_hear() -> None:
    deaf = {kind for kind in OutageKind if Outage("gw-1", kind, from_s=0, for_s=1).deafens}

    assert deaf == {OutageKind.POWER, OutageKind.RADIO}
