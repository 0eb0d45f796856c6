"""Refuses a request whose body is too large before the body is read, so that nothing of it reaches a disk.

A stranger may send a small form without files. A signed-in user may send what `MOST_BYTES` says; Django's own limits
hold for both. A program of REST sends JSON, which is read only after its token was found good.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse

from core.room import CHANGING


class NoFiles(FileUploadHandler):
    """The only upload handler of strangers: refuses the first file."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise RequestDataTooBig("a stranger sent a file")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class BodyMiddleware:
    """Runs after the session is known and before anything reads the body; the check of CSRF tokens reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in CHANGING:
            check(request, size_of(request))
        return self.get_response(request)


def size_of(request: HttpRequest) -> int:
    """The bytes that the request announces; a body without a length is not read at all."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadRequest("the length of the body is no number")
    return int(text)


def check(request: HttpRequest, size: int) -> None:
    if request.path.startswith("/api/") and "Authorization" in request.headers:
        refuse_beyond(settings.DATA_UPLOAD_MAX_MEMORY_SIZE, size)
    elif size and is_stranger(request):
        refuse_beyond(settings.MOST_BYTES["stranger"], size)
        check_form_of_stranger(request)
    else:
        refuse_beyond(settings.MOST_BYTES["signed_in"], size)


def is_stranger(request: HttpRequest) -> bool:
    """Whether nobody is signed in; the database is asked only if the request has the cookie of a session."""
    return settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated


def refuse_beyond(most: int, size: int) -> None:
    if size > most:
        raise RequestDataTooBig(f"{size} bytes are more than {most}")


def check_form_of_stranger(request: HttpRequest) -> None:
    """Refuse files and many fields; the body is small, so it is held in memory."""
    request.upload_handlers = [NoFiles(request)]
    is_multipart = request.content_type == "multipart/form-data"
    fields = request.body.lower().count(b"\ncontent-disposition" if is_multipart else b"&")
    if fields > settings.MOST_FIELDS_OF_STRANGERS:
        raise TooManyFieldsSent(f"{fields} fields are more than {settings.MOST_FIELDS_OF_STRANGERS}")
