"""What a message says: its template, in the receiver's language, as plain text."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template import Context, engines
from django.template.loader import get_template
from django.utils import translation

from outbox.models import Medium

LONGEST_SUBJECT, LONGEST_SMS = 120, 300


def letter(medium: str, kind: str, *, name: str, url: str, language: str, params: Mapping[str, Any]) -> tuple[str, str]:
    """The subject and the text of a message. The subject of an SMS is not sent, the office's list shows it.

    The first line of templates/mail/<kind>.txt is the subject, the rest what is said. `url` is a path of this site.
    """
    facts = {**params, "name": name, "link": f"{settings.SITE_URL}{url}" if settings.SITE_URL and url else ""}
    facts |= {"site_name": settings.SITE_NAME, "city_name": settings.CITY_NAME}
    with translation.override(language):
        subject, _, body = _plain(f"mail/{kind}.txt", facts).partition("\n")
        if medium == Medium.SMS:
            text = one_line(_plain(f"sms/{kind}.txt", facts))[:LONGEST_SMS]
        else:
            text = _plain("mail/letter.txt", {**facts, "body": body.strip()}) + "\n"
    return one_line(subject)[:LONGEST_SUBJECT], text


def _plain(template: str, facts: Mapping[str, Any]) -> str:
    """A template of plain text, in which nothing is escaped."""
    found: Any = get_template(template, using=engines["django"].name)
    return str(found.template.render(Context(dict(facts), autoescape=False))).strip()


def one_line(text: str) -> str:
    """The text without breaks and control signs, so that it cannot begin another header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
