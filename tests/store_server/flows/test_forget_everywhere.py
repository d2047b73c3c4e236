"""Erasure reaches every table that names a shopper, in every store, and nobody else."""

from store_server.database import Database, unit_of_work
from store_server.flows.forget_shopper import forget_shopper
from store_server.ids import ShopperId, scope
from tests.store_server.every_table import Row, everything, fill, rows, tables_of_shoppers
from tests.store_server.flows.decision_builders import Shop, a_shop
from tests.store_server.offers.builders import NOON

PLACES = (scope("acme", "demo"), scope("acme", "other"), scope("rival", "demo"))
# The shop keeps these; nobody is named in them any more.
KEPT_WITHOUT_A_NAME = {"basket", "decision"}


def a_filled_shop(database: Database) -> Shop:
    """Ann and Bob in every table of every place."""
    shop = a_shop(database, shoppers=())
    with unit_of_work(database.write, None) as uow:
        for mark, place in enumerate(PLACES):
            for who in ("ann", "bob"):
                fill(uow.session, place, who=who, mark=mark)
    return shop


def forget_ann(shop: Shop) -> None:
    with shop.transaction() as uow:
        assert forget_shopper(uow, shop.rooms, now=NOON, shopper=ShopperId("ann"))


def is_anns(row: Row) -> bool:
    """Whether a row of the organisation says "ann" anywhere, as a key or beside one."""
    return row["org"] == "acme" and any(str(value).startswith("ann") for value in row.values())


def test_every_table_has_a_row_of_ann_to_lose(database: Database) -> None:
    shop = a_filled_shop(database)

    with shop.transaction() as uow:
        for table in tables_of_shoppers():
            found = [row for row in rows(uow.session, table) if is_anns(row)]
            assert len(found) == (2 if "store" in table.columns else 1), table.name


def test_no_table_names_a_forgotten_shopper_in_any_store(database: Database) -> None:
    shop = a_filled_shop(database)

    forget_ann(shop)

    with shop.transaction() as uow:
        left = [
            table.name
            for table in tables_of_shoppers()
            if any(is_anns(row) for row in rows(uow.session, table))
        ]
    assert left == []


def test_nobody_else_loses_a_row_and_none_is_changed(database: Database) -> None:
    shop = a_filled_shop(database)
    with shop.transaction() as uow:
        before = [(name, row) for name, row in everything(uow.session) if not of_ann(name, row)]

    forget_ann(shop)

    with shop.transaction() as uow:
        after = list(everything(uow.session))
    # What was reserved for Ann's coupons is free again: the one row that is to change.
    lost = [(name, row) for name, row in before if (name, row) not in after]
    assert {name for name, _ in lost} == {"campaign_budget"}
    assert all(row["org"] == "acme" and row["campaign"] == "campaign-ann" for _, row in lost)


def of_ann(table: str, row: Row) -> bool:
    """Ann's own row, and what hangs on it: lines, deliveries, tries."""
    keys = {
        "purchase_line": "basket",
        "delivery": "notification",
        "delivery_attempt": "notification",
    }
    if row["org"] != "acme":
        return False
    return row.get("shopper") == "ann" or str(row.get(keys.get(table, ""), "")).endswith("-ann")


def test_what_the_shop_keeps_is_counted_as_before(database: Database) -> None:
    shop = a_filled_shop(database)
    with shop.transaction() as uow:
        before = [name for name, _ in everything(uow.session) if name in KEPT_WITHOUT_A_NAME]

    forget_ann(shop)

    with shop.transaction() as uow:
        after = [name for name, _ in everything(uow.session) if name in KEPT_WITHOUT_A_NAME]
    assert after == before


def test_what_was_reserved_in_every_store_is_free_again(database: Database) -> None:
    shop = a_filled_shop(database)

    forget_ann(shop)

    with shop.transaction() as uow:
        budgets = {
            row["campaign"]: row["reserved_minor"]
            for name, row in everything(uow.session)
            if name == "campaign_budget" and row["org"] == "acme"
        }
    # Coupons of 100 and 101 in the two stores.
    assert budgets == {"campaign-ann": 1_000 - 201, "campaign-bob": 1_000}
