"""Files of others are imported row by row, and go on where they were stopped."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from store_server.database import Database, read_only
from store_server.errors import ConfigError
from store_server.flows.import_csv import ImportItem, ImportKind, open_import
from store_server.flows.import_rows import (
    ChunkTaken,
    ImportJob,
    finish_import,
    import_rows,
    show_bookmark,
)
from store_server.flows.merge_shoppers import merge_shoppers
from store_server.flows.record_consent import record_consent
from store_server.ids import ShopperId
from store_server.learning.repository import PurchaseRepository
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import AttributeRepository, ShopperRepository
from tests.store_server.flows.shopper_builders import a_quiet_shop
from tests.store_server.presence.builders import SCOPE, Shop
from tests.store_server.shoppers.builders import MONDAY

ANN, BOB = ShopperId("ann"), ShopperId("bob")
SHOPPERS = "shopper_id,language\nann,en\nbob,xx1\n\n cy ,es,too,many\nbob,es\n"
PURCHASES = """\
shopper_id,basket_id,at,product_id,quantity,amount_minor
ann,b-1,2026-02-01T10:00:00Z,p-1,1,350
ann,b-1,2026-02-01T10:00:00Z,p-2,1,100
ann,b-2,2026-02-02T10:00:00Z,p-1,none,350
ann,b-2,2026-02-02T10:00:00Z,p-2,1,350
bob,b-3,2026-02-02T10:00:00Z,p-2,1,350
cy,b-4,2026-02-02T10:00:00Z,p-2,1,350
ann,b-1,2026-02-03T10:00:00Z,p-2,1,350
"""


def items_of(folder: Path, text: str, kind: ImportKind) -> list[ImportItem]:
    path = folder / "file.csv"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return list(open_import(path, kind).items(now=MONDAY))


def take(
    shop: Shop, kind: ImportKind, items: Sequence[ImportItem], *, replace: bool = False
) -> ChunkTaken:
    job = ImportJob(f"job-{kind}", kind, "in_vip" if kind == "audience" else "", replace)
    return shop.run(import_rows, job=job, items=items)


def a_shop_of_two(database: Database, folder: Path) -> Shop:
    """Ann agrees to a profile, Bob does not."""
    shop = a_quiet_shop(database)
    take(shop, "shoppers", items_of(folder, "shopper_id\nann\nbob\n", "shoppers"))
    shop.run(finish_import, import_id="job-shoppers")
    agree(shop, ANN)
    return shop


def agree(shop: Shop, who: ShopperId) -> None:
    words = {"granted": True, "source": "app", "text_version": "1"}
    shop.run(record_consent, shopper=who, purpose=Purpose.PROFILE, **words)


def members(shop: Shop) -> list[str]:
    with read_only(shop.database.read, None) as uow:
        said = AttributeRepository(uow.session, SCOPE).of([ANN, BOB])
    return sorted(who for who, values in said.items() if values.get("in_vip"))


def told(taken: ChunkTaken) -> list[tuple[int, str]]:
    return [(one.line, one.text.split(";")[0]) for one in taken.faults]


def test_wrong_rows_are_named_and_the_others_taken(database: Database, tmp_path: Path) -> None:
    shop = a_quiet_shop(database)

    taken = take(shop, "shoppers", items_of(tmp_path, SHOPPERS, "shoppers"))

    assert told(taken) == [(3, "language is 'xx1'"), (5, "has 4 fields")]
    assert (taken.bookmark.taken, taken.bookmark.refused) == (2, 2)
    with read_only(database.read, None) as uow:
        assert set(ShopperRepository(uow.session, SCOPE).by_id(["ann", "bob", "cy"])) == {ANN, BOB}


def test_a_wrong_row_spoils_its_basket_and_nobody_is_learned_without_consent(
    database: Database, tmp_path: Path
) -> None:
    shop = a_shop_of_two(database, tmp_path)

    taken = take(shop, "purchases", items_of(tmp_path, PURCHASES, "purchases"))

    assert told(taken) == [
        (4, "quantity is 'none'"),
        (6, "the shopper does not agree to a profile"),
        (7, "shopper_id is not known"),
        (8, "basket_id comes in two places"),
    ]
    with read_only(database.read, None) as uow:
        assert PurchaseRepository(uow.session, SCOPE).baskets_of(ANN) == ["b-1"]
        assert PurchaseRepository(uow.session, SCOPE).count() == 1


@pytest.mark.parametrize("stopped_after", range(1, 7))
def test_an_import_goes_on_where_it_was_stopped(
    database: Database, tmp_path: Path, stopped_after: int
) -> None:
    shop = a_shop_of_two(database, tmp_path)
    items = items_of(tmp_path, PURCHASES, "purchases")
    whole = take(a_shop_of_two(database, tmp_path), "purchases", items).bookmark
    shop.run(finish_import, import_id="job-purchases")

    take(shop, "purchases", items[:stopped_after])
    rest = take(shop, "purchases", items)

    assert rest.bookmark == whole
    assert take(shop, "purchases", items).faults == ()


def test_a_finished_import_begins_anew(database: Database, tmp_path: Path) -> None:
    shop = a_shop_of_two(database, tmp_path)
    items = items_of(tmp_path, "shopper_id\nann\n", "shoppers")
    take(shop, "shoppers", items)

    assert shop.run(finish_import, import_id="job-shoppers")

    with read_only(database.read, shop.rooms.live) as uow:
        found = show_bookmark(uow, shop.rooms, now=MONDAY, import_id="job-shoppers")
    assert found == (0, 0, 0)


def test_an_audience_is_an_attribute_of_those_who_agree(database: Database, tmp_path: Path) -> None:
    shop = a_shop_of_two(database, tmp_path)
    both = items_of(tmp_path, "shopper_id\nann\nbob\n", "audience")

    taken = take(shop, "audience", both)

    assert members(shop) == ["ann"]
    assert told(taken) == [(3, "the shopper does not agree to a profile")]


def test_an_audience_can_take_the_place_of_the_one_before(
    database: Database, tmp_path: Path
) -> None:
    shop = a_shop_of_two(database, tmp_path)
    agree(shop, BOB)
    take(shop, "audience", items_of(tmp_path, "shopper_id\nann\n", "audience"))
    shop.run(finish_import, import_id="job-audience")

    take(shop, "audience", items_of(tmp_path, "shopper_id\nbob\n", "audience"), replace=True)

    assert members(shop) == ["bob"]


def test_an_absorbed_shopper_is_the_one_who_is_kept(database: Database, tmp_path: Path) -> None:
    shop = a_shop_of_two(database, tmp_path)
    agree(shop, BOB)
    shop.run(merge_shoppers, kept=ANN, absorbed=BOB)

    taken = take(shop, "purchases", items_of(tmp_path, PURCHASES, "purchases"))
    again = take(shop, "shoppers", items_of(tmp_path, "shopper_id\nbob\n", "shoppers"))

    with read_only(database.read, None) as uow:
        assert PurchaseRepository(uow.session, SCOPE).baskets_of(ANN) == ["b-1", "b-3"]
    assert (taken.bookmark.taken, len(again.faults)) == (2, 1)


def test_spoilt_bytes_spoil_a_row_and_not_the_file(tmp_path: Path) -> None:
    items = items_of(tmp_path, "shopper_id\nann\n\udcff\udcfe\nbob\n", "shoppers")

    assert [(one.line, one.fault is None) for one in items] == [(2, True), (3, False), (4, True)]


@pytest.mark.parametrize("header", ["name", "shopper_id,shopper_id", "shopper_id,e_mail", ""])
def test_a_file_of_other_columns_is_refused(tmp_path: Path, header: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{header}\nann\n")

    with pytest.raises(ConfigError, match="must have shopper_id; may have household_id,language"):
        open_import(path, "shoppers")


def test_the_same_bytes_as_the_same_thing_are_the_same_import(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("shopper_id\nann\n")
    other = tmp_path / "other.csv"
    other.write_text("shopper_id\nbob\n")

    first = open_import(path, "audience").import_id(org="acme", name="vip")

    assert open_import(path, "audience").import_id(org="acme", name="vip") == first
    assert open_import(other, "audience").import_id(org="acme", name="vip") != first
    assert open_import(path, "shoppers").import_id(org="acme") != first
