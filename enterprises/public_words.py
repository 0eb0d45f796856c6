"""Personal numbers and addresses in the texts of a need that others than the office will read."""

from collections.abc import Mapping
from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext as _

from core.errors import Refused
from enterprises.models import Need
from enterprises.models.needs import PUBLIC_TEXTS as TEXTS
from enterprises.need_words import label_of
from officedata.personal import excerpt, personal_marks, without_marks

# What stands in the text of a need in place of a number; texts of needs are in Chinese.
HIDDEN = "（已隐去）"


def places(facts: Mapping[str, Any]) -> dict[str, str]:
    """For each text that has a personal number or address: the words around it, with its place marked.

    A need that only the office sees may hold them.
    """
    if facts.get("visibility") == Need.Visibility.OFFICE:
        return {}
    texts = {name: str(facts.get(name) or "") for name in TEXTS}
    found = {name: personal_marks(text) for name, text in texts.items()}
    return {name: "；".join(excerpt(texts[name], mark) for mark in marks) for name, marks in found.items() if marks}


def say_places(form: BaseForm, facts: Mapping[str, Any]) -> None:
    """Say in a form, beside each text with personal numbers or addresses, where they stand."""
    words = _(
        "Personal numbers and addresses do not belong in a text that others read: %(places)s. Take them out; the "
        "contact has fields of its own, which are shown only to those it concerns."
    )
    for name, found in places(facts).items():
        form.add_error(name, words % {"places": found})


def check_words(need: Need) -> None:
    """Raise Refused where a text that others will read has a personal number or address."""
    found = places({name: getattr(need, name) for name in (*TEXTS, "visibility")})
    if found:
        reasons = [_("%(label)s: %(value)s") % {"label": label_of(name), "value": said} for name, said in found.items()]
        raise Refused(
            _("Others would read personal numbers or addresses in this need; take them out of its text."),
            code="personal",
            reasons=reasons,
        )


def hidden(need: Need) -> dict[str, str]:
    """The texts of the need that change when personal numbers and addresses are taken out, as they then read."""
    texts = {name: without_marks(getattr(need, name), HIDDEN) for name in TEXTS}
    return {name: text for name, text in texts.items() if text != getattr(need, name)}
