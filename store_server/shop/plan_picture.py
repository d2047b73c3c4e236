"""An uploaded picture, drawn anew: what lies under the plan is ours, not what somebody sent.

A file that calls itself a picture may be anything. It is measured by its header first (a few
kilobytes may unpack to gigabytes), then decoded by the one decoder of its kind, turned the way its
camera says, laid on white, made no larger than a plan needs, and written again without metadata.
"""

import struct
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

from store_server.errors import ConfigError
from store_server.shop.plan_image import read_image

if TYPE_CHECKING:
    from PIL.Image import Image

# 25 million pixels take 100 MB to decode: a floor of A0 at 150 dpi.
MOST_PIXELS = 25_000_000
LONGEST_SIDE_PX = 4_096
# A drawing is smaller as PNG; a photo that is not goes out as JPEG.
LARGE_PNG_BYTES = 3 * 1024 * 1024
JPEG_QUALITY = 85
# What decoders raise over a damaged file; a bomb is measured before, and is a ValueError here.
FAULTS = (OSError, ValueError, SyntaxError, EOFError, MemoryError, struct.error, zlib.error)


def redraw(content: bytes, *, where: str) -> bytes:
    """The picture as PNG or JPEG, by our own hand.

    Raises:
        ConfigError: it is neither PNG nor JPEG, too large, or cannot be decoded.
    """
    size = read_image(content, where=where, metres_per_pixel=1.0)
    if size.width_px * size.height_px > MOST_PIXELS:
        raise ConfigError(
            f"{where}: is {size.width_px} x {size.height_px} pixels; at most "
            f"{MOST_PIXELS // 10**6} million pixels: make it smaller"
        )
    try:
        picture = _decoded(content)
    except FAULTS as error:
        raise ConfigError(f"{where}: cannot be read as a picture: {type(error).__name__}") from None
    png = _written(picture, "PNG")
    return png if len(png) <= LARGE_PNG_BYTES else _written(picture, "JPEG")


def _decoded(content: bytes) -> "Image":
    from PIL import Image, ImageOps  # noqa: PLC0415 - loaded at the first upload

    with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as opened:
        opened.load()
        turned = ImageOps.exif_transpose(opened).convert("RGBA")
    ground = Image.new("RGB", turned.size, "white")
    ground.paste(turned, mask=turned)
    ground.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
    return ground


def _written(picture: "Image", kind: str) -> bytes:
    out = BytesIO()
    picture.save(out, kind, quality=JPEG_QUALITY, optimize=True)
    return out.getvalue()
