from datetime import UTC, datetime
from pathlib import Path

import pytest

from store_server.errors import ConfigError
from store_server.flows.seed_csv import chunked, open_seed_csv

NOW = datetime(2026, 3, 2, tzinfo=UTC)
HEADERS = {
    "products": "product_id,name,category,department,price_minor,margin_bp",
    "shoppers": "shopper_id,household_id,language",
    "purchases": "shopper_id,basket_id,at,product_id,quantity,amount_minor",
}
AT = "2026-02-01T10:00:00Z"


def a_file(folder: Path, kind: str, *rows: str) -> Path:
    path = folder / f"{kind}.csv"
    path.write_text("\n".join([HEADERS[kind], *rows]) + "\n")
    return path


def faults(path: Path) -> list[str]:
    return open_seed_csv(path).first_faults(now=NOW)


@pytest.mark.parametrize("kind", list(HEADERS))
def test_what_a_file_holds_is_told_by_its_columns(tmp_path: Path, kind: str) -> None:
    assert open_seed_csv(a_file(tmp_path, kind)).kind == kind


def test_good_rows_have_no_faults(tmp_path: Path) -> None:
    assert faults(a_file(tmp_path, "products", 'p-1,"Rye, dark",bread,bakery,350,3000')) == []
    assert faults(a_file(tmp_path, "shoppers", "s-1,,en", "s-2,h-1,de-AT")) == []
    assert faults(a_file(tmp_path, "purchases", f"s-1,b-1,{AT},p-1,1,350")) == []


@pytest.mark.parametrize(
    ("kind", "row", "message"),
    [
        ("products", "p-1,Rye,bread,bakery,3.50,3000", "price_minor is '3.50'; must be a whole"),
        ("products", "p-1,Rye,bread,bakery,350,10001", "margin_bp is '10001'; must be a whole"),
        ("products", "p-1,,bread,bakery,350,3000", "name is ''; must be 1 to 200"),
        ("products", "p-1,Rye,bread,bakery,٣٥٠,x", "margin_bp is 'x'"),
        ("shoppers", "jo@example.com,,en", "use an opaque id"),
        ("shoppers", "s-1,,english", "language is 'english'"),
        ("purchases", "s-1,b-1,2026-02-01,p-1,1,350", "at is '2026-02-01'; must be an instant"),
        ("purchases", "s-1,b-1,2026-02-01T10:00:00,p-1,1,350", "with its offset"),
        ("purchases", "s-1,b-1,9999-99-99T10:00:00Z,p-1,1,350", "must be an instant"),
        ("purchases", f"s-1,b-1,{AT},p-1,0,350", "quantity is '0'; must be a whole number 1.."),
        ("purchases", f"s-1,b-1,{AT},p-1,1,-5", "amount_minor is '-5'"),
        ("purchases", f"s-1,b-1,{AT},p-1,nan,5", "quantity is 'nan'"),
    ],
)
def test_a_wrong_row_is_told_with_file_and_line(
    tmp_path: Path, kind: str, row: str, message: str
) -> None:
    path = a_file(tmp_path, kind, row)

    (fault,) = faults(path)

    assert fault.startswith(f"{path}:2: ")
    assert message in fault


def test_only_the_first_twenty_faults_are_told(tmp_path: Path) -> None:
    assert len(faults(a_file(tmp_path, "shoppers", *["a b,,en"] * 50))) == 20


@pytest.mark.parametrize("row", ["s-1,", "s-1,h-1,en,more"])
def test_a_row_with_too_few_or_too_many_fields_is_refused(tmp_path: Path, row: str) -> None:
    with pytest.raises(ConfigError, match=r"shoppers\.csv:2: has too many or too few"):
        faults(a_file(tmp_path, "shoppers", row))


def test_a_basket_stands_in_one_place(tmp_path: Path) -> None:
    rows = [f"s-1,{basket},{AT},p-1,1,350" for basket in ("b-1", "b-2", "b-1")]

    (fault,) = faults(a_file(tmp_path, "purchases", *rows))

    assert "'b-1' comes in two places" in fault


def test_a_basket_has_one_shopper(tmp_path: Path) -> None:
    rows = [f"{shopper},b-1,{AT},p-1,1,350" for shopper in ("s-1", "s-2")]

    (fault,) = faults(a_file(tmp_path, "purchases", *rows))

    assert "two shoppers" in fault


@pytest.mark.parametrize("content", [b"", b"a,b,c\n", b"\xff\xfe\x00", b"shopper_id\n"])
def test_a_file_with_other_columns_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "strange.csv"
    path.write_bytes(content)

    with pytest.raises(ConfigError, match=r"strange\.csv"):
        open_seed_csv(path)


def test_a_spreadsheets_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "shoppers.csv"
    path.write_bytes(b"\xef\xbb\xbfshopper_id,household_id,language\r\ns-1,,en\r\n")

    shoppers = list(open_seed_csv(path).shoppers(created_at=NOW))

    assert [shopper.id for shopper in shoppers] == ["s-1"]


def test_a_stream_is_cut_in_chunks() -> None:
    assert list(chunked(iter("abcde"), 2)) == [["a", "b"], ["c", "d"], ["e"]]
