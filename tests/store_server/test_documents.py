from pathlib import Path

import pytest

from store_server.documents import read_toml
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
