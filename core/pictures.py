"""Removes from a picture what its file says about place, device and person (EXIF, XMP, comments)."""

from io import BytesIO
from threading import Lock

MOST_PIXELS = 50_000_000  # 150 MB while it is decoded
# A process decodes one picture at a time, so that its memory stays bounded.
_one_at_a_time = Lock()


class TooManyPixels(ValueError):
    """The picture is larger than `MOST_PIXELS`."""


def without_metadata(content: bytes) -> bytes:
    """The same picture in the same format with nothing but its pixels and colour profile.

    The rotation that EXIF asks for is applied. A JPEG that needs no rotation keeps its quantisation, so that it loses
    nothing that can be seen. Raises TooManyPixels, or ValueError if the content is no such picture or is damaged.
    """
    # The library takes 15 MB, and most processes read no picture.
    from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415

    with _one_at_a_time:
        try:
            picture = Image.open(BytesIO(content), formats=("PNG", "JPEG"))
            if picture.width * picture.height > MOST_PIXELS:
                raise TooManyPixels
            format_, profile = picture.format, picture.info.get("icc_profile")
            kept = picture.getexif().get(ExifTags.Base.Orientation, 1) == 1
            shown = picture if kept else ImageOps.exif_transpose(picture)
            shown.load()
        except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
            raise ValueError("damaged") from error
        shown.info = {}
        out = BytesIO()
        if format_ == "JPEG":
            quality = {"quality": "keep"} if kept and picture.mode in ("L", "RGB") else {"quality": 92}
            shown.save(out, "JPEG", icc_profile=profile, exif=b"", comment=b"", **quality)
        else:
            shown.save(out, "PNG", icc_profile=profile)
        return out.getvalue()
