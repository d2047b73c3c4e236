import struct
import zlib

import pytest

from store_server.errors import ConfigError
from store_server.shop.plan_image import MOST_BYTES, read_image, scale_of


def chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def a_png(wide: int = 4, high: int = 2) -> bytes:
    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (wide + 1) * high) if wide * high < 10_000 else b""
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def a_jpeg(wide: int = 640, high: int = 480) -> bytes:
    frame = struct.pack(">BHHB", 8, high, wide, 1) + b"\x01\x11\x00"
    app = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF".ljust(14, b"\0")
    return b"\xff\xd8" + app + b"\xff\xc2" + struct.pack(">H", 11) + frame + b"\xff\xd9"


def test_a_picture_tells_its_own_size() -> None:
    png = read_image(a_png(40, 20), where="p", metres_per_pixel=0.5, corner=(1, 2))
    jpeg = read_image(a_jpeg(), where="p", metres_per_pixel=0.05)

    assert (png.width_px, png.height_px, png.x, png.y) == (40, 20, 1, 2)
    assert (jpeg.width_px, jpeg.height_px) == (640, 480)
    assert (png.name[-4:], jpeg.name[-4:]) == (".png", ".jpg")


def test_its_name_follows_from_its_content() -> None:
    names = {read_image(a_png(n, 2), where="p", metres_per_pixel=1).name for n in (4, 4, 5)}

    assert len(names) == 2


def test_two_points_and_their_distance_give_the_scale() -> None:
    assert scale_of((10, 10), (310, 410), apart_m=25) == 0.05
    with pytest.raises(ConfigError, match="some metres apart"):
        scale_of((10, 10), (10, 10), apart_m=25)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg onload='x()'/>", "neither PNG nor JPEG"),
        (b"", "neither PNG nor JPEG"),
        (a_png()[:-14], "PNG is cut off"),
        (a_jpeg()[:-2], "JPEG is cut off"),
        (b"\xff\xd8\xff\xd9", "does not tell its size"),
        (a_png(20_000, 4), "20000 x 4 pixels; at most 10000"),
        (a_png(0, 4), "0 x 4 pixels"),
        (b"\0" * (MOST_BYTES + 1), "at most 10"),
    ],
    ids=["svg", "empty", "png", "jpeg", "frameless", "wide", "flat", "heavy"],
)
def test_what_is_no_picture_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        read_image(content, where="floor.png", metres_per_pixel=0.05)


def test_a_scale_that_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError, match="one pixel would be 20 m"):
        read_image(a_png(), where="floor.png", metres_per_pixel=20)
