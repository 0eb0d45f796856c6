"""Renders the subject and text of a message from its template, in the receiver's language, as plain text."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template import Context, engines
from django.template.loader import get_template
from django.utils import translation

from outbox.models import Medium

LONGEST_SUBJECT, LONGEST_SMS = 120, 300


def letter(medium: str, kind: str, *, name: str, url: str, language: str, params: Mapping[str, Any]) -> tuple[str, str]:
    """The subject and the text of a message. The subject of an SMS is not sent, but the office's list shows it.

    The first line of templates/mail/<kind>.txt is the subject, the rest is the text. `url` is a path of this site.
    """
    context = {**params, "name": name, "link": f"{settings.SITE_URL}{url}" if settings.SITE_URL and url else ""}
    context |= {"site_name": settings.SITE_NAME, "city_name": settings.CITY_NAME}
    with translation.override(language):
        subject, _, body = _plain(f"mail/{kind}.txt", context).partition("\n")
        if medium == Medium.SMS:
            text = one_line(_plain(f"sms/{kind}.txt", context))[:LONGEST_SMS]
        else:
            text = _plain("mail/letter.txt", {**context, "body": body.strip()}) + "\n"
    return one_line(subject)[:LONGEST_SUBJECT], text


def _plain(template: str, context: Mapping[str, Any]) -> str:
    """Render a template as plain text, without HTML escapes."""
    found: Any = get_template(template, using=engines["django"].name)
    return str(found.template.render(Context(dict(context), autoescape=False))).strip()


def one_line(text: str) -> str:
    """The text without line breaks and control characters, so that it cannot begin another header of a mail."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
