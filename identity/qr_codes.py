"""A link as a QR code. Only pages draw one: the library brings 6 MB that workers never need."""

import re

import qrcode
from django.utils.safestring import SafeString
from qrcode.image.svg import SvgPathImage


class _Code(SvgPathImage):  # type: ignore[misc]
    """A QR code as one path without an id, because a page shows several."""

    def process(self) -> None:
        super().process()
        if self.path is not None:
            self.path.attrib.pop("id")


def qr_code(address: str) -> SafeString:
    """The address as a QR code: an inline image without styles, which the page's policy would not allow."""
    code = qrcode.QRCode(border=2, image_factory=_Code)
    code.add_data(address)
    drawn = code.make_image().to_string(encoding="unicode")
    return SafeString(_SIZE.sub(r'<svg class="qr" aria-hidden="true" focusable="false"', drawn, count=1))


# The size comes from the style sheet.
_SIZE = re.compile(r'<svg(?: (?:width|height|version)="[^"]*")+')
