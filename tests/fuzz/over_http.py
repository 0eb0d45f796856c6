"""A client with the methods that `tests.nasty.Walk` calls, which sends its requests to a server."""

import http.client
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from accounts.models import User

TOKEN = "f" * 32


class Answer:
    streaming = False

    def __init__(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.status_code, self.content, self.headers = status, content, headers

    def get(self, name: str, default: str = "") -> str:
        return self.headers.get(name, default)


class OverHttp:
    """Keeps one line to the server, with the session of one user."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies = f"csrftoken={TOKEN}"

    def force_login(self, user: User) -> None:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        self.cookies += f"; {settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

    def get(self, path: str, QUERY_STRING: str = "", **extra: str) -> Answer:  # noqa: N803  as Django's client
        return self._ask("GET", f"{path}?{QUERY_STRING}" if QUERY_STRING else path, b"", extra)

    def post(self, path: str, data: dict[str, Any], **extra: str) -> Answer:
        fields = {name: value for name, value in data.items() if value is not None}
        body = encode_multipart(BOUNDARY, fields | {"csrfmiddlewaretoken": TOKEN})
        return self._ask("POST", path, body, extra | {"CONTENT_TYPE": MULTIPART_CONTENT})

    def _ask(self, method: str, path: str, body: bytes, extra: dict[str, str]) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self.cookies, "X-CSRFToken": TOKEN}
        headers |= {name.removeprefix("HTTP_").replace("_", "-").title(): value for name, value in extra.items()}
        try:
            line.request(method, quote(path, safe="/?&=%+:;,@!$'()*~#[]"), body=body or None, headers=headers)
            answer = line.getresponse()
            return Answer(answer.status, answer.read(), dict(answer.getheaders()))
        finally:
            line.close()
