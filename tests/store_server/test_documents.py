from pathlib import Path

import pytest

from store_server.documents import read_json, read_toml
from store_server.errors import ConfigError


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no\.toml: no such file"):
        read_toml(tmp_path / "no.toml")


@pytest.mark.parametrize("content", [b"a = ", b"[a\n", b"\xff\xfe", b"a = 1\na = 2\n"])
def test_what_is_not_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(content)

    with pytest.raises(ConfigError, match=r"bad\.toml: cannot be read as TOML"):
        read_toml(path)


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_refused(content: bytes) -> None:
    with pytest.raises(ConfigError, match=r"^shop\.json: cannot be read as JSON"):
        read_json(content, where="shop.json")


def test_json_that_is_no_object_is_refused_with_what_is_expected() -> None:
    with pytest.raises(ConfigError, match=r"^shop\.json: must be a GeoJSON FeatureCollection$"):
        read_json(b"[1]", where="shop.json", expected="a GeoJSON FeatureCollection")

    assert read_json(b'{"a": 1}', where="shop.json") == {"a": 1}
