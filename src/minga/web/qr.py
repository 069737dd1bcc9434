"""QR codes as inline SVG: printed on paper, read by any telephone; no picture is fetched from anywhere."""

from __future__ import annotations

from html import escape
from xml.etree import ElementTree

from django.utils.safestring import SafeString, mark_safe

_QUIET = 4


def qr_code(text: str, *, label: str) -> SafeString:
    """Draw a text, such as a link, as a QR code; `label` says to a screen reader what it holds."""
    import qrcode
    from qrcode.image.svg import SvgPathImage

    code = qrcode.QRCode(border=_QUIET, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    drawn = ElementTree.fromstring(code.make_image(image_factory=SvgPathImage).to_string())  # noqa: S314 - drawn here
    path = next(element for element in drawn if element.tag.endswith("path")).attrib["d"]
    size = code.modules_count + 2 * _QUIET
    # a reader needs dark on light, whatever the colours of the page are
    return mark_safe(  # noqa: S308 - figures from the drawing, and an escaped label
        f'<svg class="qr" role="img" aria-label="{escape(label)}" viewBox="0 0 {size} {size}" '
        f'xmlns="http://www.w3.org/2000/svg"><rect width="{size}" height="{size}" fill="#fff"/>'
        f'<path d="{path}" fill="#000"/></svg>'
    )
