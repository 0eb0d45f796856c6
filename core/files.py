"""Private files: what is accepted, how it is stored, and how it is sent to a browser.

A model keeps a file in a `PrivateFile` field. The type of a file is that of its content. Metadata of pictures is
removed before the file is stored, a scanner is asked where one is set up, and the name in the store says nothing about
a person. `ui.private_files` sends a file to those who see its row and may read it.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import models
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Event, User
from core import ledger, pictures, scanning
from core.errors import Refused

FILE_GIVEN = ledger.kind("file_given", _("file given out"))
MOST_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Kind:
    """A type of file: the first bytes of its content, the content type of the answer, and the ending in the store.

    `clean` returns the content without metadata; it raises ValueError if the content is damaged.
    """

    begins: bytes
    content_type: str
    ending: str
    clean: Callable[[bytes], bytes]


def _pdf(content: bytes) -> bytes:
    if b"%%EOF" not in content[-2048:]:
        raise ValueError("no end")
    return content


KINDS = (
    Kind(b"%PDF-", "application/pdf", ".pdf", _pdf),
    Kind(b"\x89PNG\r\n\x1a\n", "image/png", ".png", pictures.without_metadata),
    Kind(b"\xff\xd8\xff", "image/jpeg", ".jpg", pictures.without_metadata),
)
# By the ending of a stored name; .jpeg is the ending of files of earlier releases.
CONTENT_TYPES = {kind.ending: kind.content_type for kind in KINDS} | {".jpeg": "image/jpeg"}


class PrivateFile(models.FileField):
    """A field for one private file: it accepts PDF, PNG and JPEG of at most 20 MB and stores them without metadata."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("upload_to", stored_name)
        kwargs.setdefault("validators", [check_evidence])
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Replace a file that is not stored yet by its accepted content; raise Refused if there is none."""
        file: Any = getattr(model_instance, self.attname)
        if file and not file._committed:
            try:
                kind, content = accepted(file.file)
            except ValidationError as error:
                raise Refused(error.messages[0], code=f"file_{error.code}") from error
            setattr(model_instance, self.attname, ContentFile(content, name=f"file{kind.ending}"))
        return super().pre_save(model_instance, add)


def stored_name(row: models.Model, name: str) -> str:
    """The name in the store: the model, the year, a random word, and the ending of the type."""
    model = row._meta.model_name
    return f"{model}/{timezone.localdate().year}/{secrets.token_hex(16)}{PurePath(name).suffix.lower()}"


def check_evidence(file: File[bytes]) -> None:
    """The validator of forms and models: raise ValidationError unless the file is accepted.

    The accepted content is kept on the file, so that a scanner is asked once.
    """
    cast(Any, file).accepted = accepted(file)


def accepted(file: File[bytes]) -> tuple[Kind, bytes]:
    """The type of a file and its content without metadata; raise ValidationError with the reason if there is none."""
    known: tuple[Kind, bytes] | None = getattr(file, "accepted", None)
    if known is not None:
        return known
    if file.size > MOST_BYTES:
        raise ValidationError(_("The file is larger than 20 MB; make it smaller and try again."), code="size")
    file.seek(0)
    content = file.read()
    file.seek(0)
    kind = next((kind for kind in KINDS if content.startswith(kind.begins)), None)
    if kind is None:
        raise ValidationError(_("Hand in a PDF, PNG or JPEG file."), code="kind")
    _scan(content)
    try:
        return kind, kind.clean(content)
    except pictures.TooManyPixels as error:
        raise ValidationError(
            _("The picture has more than 50 million pixels; make it smaller and try again."), code="pixels"
        ) from error
    except ValueError as error:
        raise ValidationError(_("The file is damaged; save it anew and try again."), code="content") from error


def _scan(content: bytes) -> None:
    """Raise ValidationError if the scanner finds something, or if it does not answer: doubt refuses."""
    try:
        found = scanning.finding(content)
    except scanning.NoAnswer as error:
        raise ValidationError(
            _("Files cannot be checked for malware right now; nothing was stored. Try again in a few minutes."),
            code="unchecked",
        ) from error
    if found:
        raise ValidationError(_("The scanner found malware in this file; it was not stored."), code="malware")


def private_fields() -> list[tuple[type[models.Model], str]]:
    """Every field that keeps private files, by model and name; histories keep only their names."""
    from django.apps import apps  # noqa: PLC0415 - models of all apps must be loaded

    models_of_rows = [model for model in apps.get_models() if not issubclass(model, Event)]
    found = [(model, field) for model in models_of_rows for field in model._meta.get_fields()]
    return [(model, field.name) for model, field in found if isinstance(field, PrivateFile)]


def given_out(file: File[bytes], title: str, *, by: User, about: models.Model) -> FileResponse:
    """The answer with the file of a row, to be saved as `title`; the ledger keeps it.

    The browser never runs the file as a page, whatever its content.
    """
    ledger.record(FILE_GIVEN, by=by, about=about)
    ending = PurePath(file.name or "").suffix.lower()
    response = FileResponse(file.open("rb"), content_type=CONTENT_TYPES[ending], filename=f"{title}{ending}")
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response
