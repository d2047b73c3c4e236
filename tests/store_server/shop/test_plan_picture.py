"""Uploaded pictures are drawn anew, or refused in words: type, size, pixels, damage."""

import struct
from io import BytesIO

import pytest
from PIL import Image

from store_server.errors import ConfigError
from store_server.shop.plan_image import read_image
from store_server.shop.plan_picture import LONGEST_SIDE_PX, redraw
from tests.store_server.shop.test_plan_image import a_jpeg, a_png, chunk


def written(picture: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def size_of(content: bytes) -> tuple[int, int]:
    found = read_image(content, where="p", metres_per_pixel=1)
    return found.width_px, found.height_px


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_drawing_comes_out_as_large_as_it_was(kind: str, mode: str) -> None:
    assert size_of(redraw(written(Image.new(mode, (40, 30)), kind), where="p")) == (40, 30)


def test_what_is_written_beside_the_picture_is_gone() -> None:
    head, rest = a_png(4, 2)[:33], a_png(4, 2)[33:]
    hidden = head + chunk(b"tEXt", b"Comment\0<script>secret</script>") + rest

    assert b"secret" in hidden
    assert b"secret" not in redraw(hidden, where="p")


def test_a_photo_is_turned_as_the_camera_says_and_forgets_where_it_was() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at home"

    drawn = redraw(written(Image.new("RGB", (40, 30)), "JPEG", exif=exif), where="p")

    assert size_of(drawn) == (30, 40)
    assert b"taken at home" not in drawn


def test_what_is_transparent_becomes_white() -> None:
    drawn = redraw(written(Image.new("RGBA", (2, 2), (0, 0, 0, 0))), where="p")

    assert Image.open(BytesIO(drawn)).convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_a_picture_is_no_larger_than_a_plan_needs() -> None:
    drawn = redraw(written(Image.new("L", (2 * LONGEST_SIDE_PX, 60))), where="p")

    assert size_of(drawn) == (LONGEST_SIDE_PX, 30)


def test_a_photo_that_is_large_as_a_drawing_is_kept_as_a_photo() -> None:
    noise = Image.effect_noise((2_500, 1_500), 90)

    drawn = redraw(written(noise, "JPEG", quality=95), where="p")

    assert drawn.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<svg onload='alert(1)'/>", "neither PNG nor JPEG"),
        (a_png(9_000, 9_000), "million pixels"),
        (a_png(4, 2)[:40], "cut off"),
        (a_jpeg(), "cannot be read"),
        (a_png(4, 2)[:41] + b"\0" * 20 + a_png(4, 2)[-12:], "cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIB", 4, 2, 8)) + b"IEND", "read"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(content: bytes, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        redraw(content, where="p")
