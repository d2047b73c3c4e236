"""A coupon as a picture: the QR code that a till's scanner reads off a phone.

An SVG of two paths, without script, style or anything that is fetched: light ground, dark modules,
the quiet zone of four modules that scanners need around them. A ticket fills version 2 (25 x 25
modules) exactly: 38 characters of the alphanumeric mode at error correction M, which reads on when
15 % of it are covered, as a thumb or a glare does.

Source: ISO/IEC 18004:2015, 6.1 (levels), 6.3.8 (quiet zone), table 7 (capacities).
"""

from io import BytesIO

QUIET_ZONE_MODULES = 4
ERROR_CORRECTION = "m"


def draw_qr(text: str, *, title: str) -> str:
    """The SVG of a QR code that holds `text`; `title` is what a screen reader says.

    It has no size of its own, only a `viewBox`: whoever shows it decides how large it is.
    """
    import segno  # noqa: PLC0415 - loaded at the first picture: most servers never draw one

    # At exactly this level: what an app shows keeps its size when a coupon's text changes.
    code = segno.make_qr(text, error=ERROR_CORRECTION, boost_error=False)
    drawn = BytesIO()
    code.save(
        drawn,
        kind="svg",
        border=QUIET_ZONE_MODULES,
        dark="#000",
        light="#fff",
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        omitsize=True,
        title=title,
    )
    return drawn.getvalue().decode()
