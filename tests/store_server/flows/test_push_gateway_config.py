"""A gateway's configuration: versions that only rise, settings that may be set."""

import pytest
from msgspec import structs

from proximity_wire.messages import GatewayConfig
from store_server.database import Database
from store_server.errors import NotFound, Unprocessable
from store_server.flows.push_gateway_config import push_gateway_config, recall_gateway_configs
from store_server.flows.show_fleet import ConfigProgress, fleet_of
from store_server.flows.take_gateway_state import take_gateway_state
from tests.store_server.flows.test_add_gateway import a_planned_shop
from tests.store_server.offers.builders import NOON
from tests.store_server.presence.builders import Shop, a_state


def push(shop: Shop, **settings: object) -> GatewayConfig:
    config = shop.run(push_gateway_config, gateway="gw-1", settings=settings)
    assert isinstance(config, GatewayConfig)
    return config


def hear(shop: Shop, *, version: int, confirmed: bool = True, refused: int = 0) -> None:
    state = structs.replace(
        a_state("gw-1"), config_version=version, confirmed=confirmed, refused_version=refused
    )
    shop.run(take_gateway_state, state=state, gateway="gw-1", received_at_ms=0)


def progress(shop: Shop) -> ConfigProgress:
    return next(one.config for one in fleet_of(shop.rooms.live, now=NOON) if one.id == "gw-1")


def test_each_push_is_the_next_version(database: Database) -> None:
    shop = a_planned_shop(database)

    versions = [push(shop, window_s=0.5).version, push(shop, log_level="debug").version]

    assert versions == [1, 2]
    assert shop.run(recall_gateway_configs)[0].window_s is None


def test_a_version_is_above_all_that_the_gateway_knows(database: Database) -> None:
    shop = a_planned_shop(database)
    hear(shop, version=4, refused=6)

    assert push(shop, window_s=0.5).version == 7


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"broker": "evil"}, "cannot be set from afar"),
        ({"version": 9}, "cannot be set from afar"),
        ({"window_s": 0.1}, "window_s"),
        ({"log_level": "loud"}, "log_level"),
    ],
)
def test_what_may_not_be_set_is_refused(
    database: Database, settings: dict[str, object], said: str
) -> None:
    shop = a_planned_shop(database)

    with pytest.raises(Unprocessable, match=said):
        push(shop, **settings)

    assert shop.run(recall_gateway_configs) == ()


def test_a_gateway_that_is_not_on_the_plan_is_not_configured(database: Database) -> None:
    with pytest.raises(NotFound):
        a_planned_shop(database).run(push_gateway_config, gateway="gw-9", settings={})


def test_the_fleet_shows_how_far_a_configuration_has_come(database: Database) -> None:
    shop = a_planned_shop(database)
    seen = [progress(shop)]

    version = push(shop, window_s=0.5).version
    seen.append(progress(shop))
    for state in ((version, False, 0), (version, True, 0), (0, True, version)):
        hear(shop, version=state[0], confirmed=state[1], refused=state[2])
        seen.append(progress(shop))

    assert seen == list(ConfigProgress)


def test_after_a_restart_the_board_learns_what_was_pushed(database: Database) -> None:
    push(a_planned_shop(database), window_s=0.5)
    restarted = a_planned_shop(database)

    (config,) = restarted.run(recall_gateway_configs)

    assert config.version == 1
    assert progress(restarted) is ConfigProgress.PENDING
