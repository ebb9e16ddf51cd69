"""QR codes as SVG, drawn here: what they say never leaves the house."""

from io import BytesIO

import segno

QUIET_ZONE = 4  # modules (ISO/IEC 18004): scanners need it, dark pages too


def svg_of(text: str) -> str:
    """Black on white, whatever the page's colours; it takes the size of what it stands in."""
    drawn = BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", border=QUIET_ZONE, dark="#000", light="#fff", xmldecl=False, omitsize=True,
        svgclass=None, lineclass=None, nl=False,
    )  # fmt: skip
    return drawn.getvalue().decode()
