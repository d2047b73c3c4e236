from store_server.shoppers.shopper import check_shopper_name
from store_server.shoppers.simulated import is_simulated, new_simulated


def test_the_name_says_that_nobody_real_is_meant() -> None:
    name = new_simulated(lambda size: bytes(range(size)))

    assert is_simulated(name)
    assert check_shopper_name(name) == "simulated:aaaqeayeaudaocaj"
    assert not is_simulated("s-12")
