"""What the tags of ui.py are made from: addresses that keep the filters, inputs, errors, and the words of scripts."""

from collections.abc import Iterable
from typing import Any

from django.forms import BaseForm, BoundField, DateInput, Textarea
from django.template.context import Context
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ui.filters import in_words

DASHES = ">---------</option>"  # Django's own empty choice


def query(context: Context, drop: Iterable[str] = (), **changes: str) -> str:
    """The query string in force, with some parameters dropped and others set; starts with ?."""
    request = context.get("request")
    if request is None:
        return "?"
    kept = request.GET.copy()
    for name in drop:
        kept.pop(name, None)
    for name, value in changes.items():
        kept[name] = value
    return f"?{kept.urlencode()}"


def control(bound: BoundField, attrs: dict[str, Any]) -> SafeString:
    """The input of a field; a date becomes the browser's own, which takes ISO dates only; an empty choice has words."""
    if isinstance(bound.field.widget, DateInput):
        bound.field.widget.input_type = "date"
        bound.field.widget.format = "%Y-%m-%d"
    if isinstance(bound.field.widget, Textarea) and bound.field.widget.attrs.get("rows") == "10":
        attrs["rows"] = "5"  # Django's default is taller than most answers
    words = escape(_("please choose"))
    return SafeString(bound.as_widget(attrs=attrs).replace(DASHES, f">{words}</option>"))


def field_kind(bound: BoundField) -> str:
    kind = getattr(bound.field.widget, "input_type", "") or ""
    if kind == "checkbox" and not bound.use_fieldset:
        return "check"
    return "group" if bound.use_fieldset else "input"


def labelled(label: Any, value: Any) -> str:
    return _("%(label)s: %(value)s") % {"label": label, "value": value}


def error_links(form: BaseForm) -> list[dict[str, str]]:
    links = [{"target": "", "text": str(error)} for error in form.non_field_errors()]
    for bound in form:
        first = f"{bound.auto_id}_0" if bound.use_fieldset else str(bound.auto_id)
        links += [{"target": first, "text": labelled(capfirst(bound.label), error)} for error in bound.errors]
    return links


def chips(context: Context, form: BaseForm) -> list[dict[str, str]]:
    """The filters in force, in words, each with the address without it."""
    return [
        {"label": str(bound.label), "words": words, "url": query(context, [bound.html_name, "page"])}
        for bound, words in in_words(form)
    ]


def script_words() -> dict[str, str]:
    """What the scripts of a page say, in the reader's language; %s stands for a number or a time."""
    return {
        "restored": _("Your unsent draft of %s was restored."),
        "discard": _("Discard draft"),
        "saved": _("Draft saved at %s"),
        "queued": _("No network. Kept on this device; it will be sent once when you are back online."),
        "sent": _("Your kept entry was sent."),
        "unsent": _("%s entries kept on this device wait to be sent."),
        "refused": _("A kept entry was not accepted. It is back in the form: check and send it again."),
        "signin": _("Sign in again to send what was kept on this device."),
        "nofiles": _("Files cannot be kept offline; add them after the entry is sent."),
        "days": _("%s days"),
        "badrange": _("The end is before the start"),
        "left": _("%s characters left"),
        "over": _("%s characters too many"),
        "chosen": _("%s chosen"),
        "copied": _("Copied"),
        "ok": _("Confirm"),
        "cancel": _("Cancel"),
    }
