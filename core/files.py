"""Files people hand in: what is taken, and how it is given out again."""

from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 10 * 1024 * 1024
# Kind by the name's ending: how the content must begin, and what the browser is told.
KINDS = {
    ".pdf": (b"%PDF-", "application/pdf"),
    ".png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    ".jpg": (b"\xff\xd8\xff", "image/jpeg"),
    ".jpeg": (b"\xff\xd8\xff", "image/jpeg"),
}


def check_evidence(file: File[bytes]) -> None:
    """A PDF or a picture of at most 10 MB, by its content as well as by its name; else ValidationError."""
    kind = KINDS.get(PurePath(file.name or "").suffix.lower())
    if kind is None:
        raise ValidationError(_("Hand in a PDF, PNG or JPEG file."), code="kind")
    if file.size > MOST_BYTES:
        raise ValidationError(_("The file is larger than 10 MB; make it smaller and try again."), code="size")
    file.seek(0)
    begins = file.read(len(kind[0]))
    file.seek(0)
    if begins != kind[0]:
        raise ValidationError(_("The content of this file is not what its name says; save it anew."), code="content")


def given_out(file: File[bytes]) -> FileResponse:
    """The file as the browser may show it: never as a page, whatever is in it."""
    name = PurePath(file.name or "")
    response = FileResponse(file.open("rb"), content_type=KINDS[name.suffix.lower()][1], filename=name.name)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
