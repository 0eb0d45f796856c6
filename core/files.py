"""Files that people upload: which are accepted, and how they are sent to a browser."""

from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 10 * 1024 * 1024
# The ending of the name → the first bytes of the content, and the content type of the answer.
KINDS = {
    ".pdf": (b"%PDF-", "application/pdf"),
    ".png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    ".jpg": (b"\xff\xd8\xff", "image/jpeg"),
    ".jpeg": (b"\xff\xd8\xff", "image/jpeg"),
}


def check_evidence(file: File[bytes]) -> None:
    """Raise ValidationError unless the file is a PDF or a picture, by name and content, of at most 10 MB."""
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
    """The answer with the file; the browser never runs it as a page, whatever its content."""
    name = PurePath(file.name or "")
    response = FileResponse(file.open("rb"), content_type=KINDS[name.suffix.lower()][1], filename=name.name)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
