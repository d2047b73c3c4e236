"""Ballast: held while there is room, dropped when the disk is full."""

from pathlib import Path

from edge_agent.ballast import Ballast


def test_it_holds_its_size_and_gives_it_back_once(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "edge.spool", size_bytes=100_000)
    file = tmp_path / "edge.spool.ballast"

    assert file.stat().st_size == 100_000
    assert file.stat().st_blocks * 512 >= 100_000
    assert ballast.drop()
    assert not file.exists()
    assert not ballast.drop()


def test_it_is_taken_up_again(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "edge.spool", size_bytes=100_000)
    ballast.drop()

    assert ballast.take_up()
    assert ballast.drop()


def test_without_a_size_there_is_none(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "edge.spool", size_bytes=0)

    assert not ballast.drop()
    assert list(tmp_path.iterdir()) == []


def test_it_never_takes_what_the_disk_has_not_got_twice(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "edge.spool", size_bytes=2**60)

    assert not ballast.take_up()
