"""Pages that edit a row: the version they post, and what they show when somebody else changed the row meanwhile.

A form posts `version` back as a hidden field; `components/changed.html` shows what changed.
"""

from typing import Any

from django.db import models
from django.forms import BaseForm
from django.http import HttpRequest

from core.edits import ChangedMeanwhile, version_of
from core.errors import Refused
from ui.office_history import changed_meanwhile


def seen_version(request: HttpRequest, model: type[models.Model], key: Any) -> str:
    """The version a form was made from: the posted one, or the present one. Call this before the row is read."""
    return request.POST.get("version", "") if request.method == "POST" else version_of(model, key)


def say_refusal(form: BaseForm, refusal: Refused) -> dict[str, Any]:
    """Say on the form why the action refused it, and give what the page shows of changes made meanwhile."""
    for sentence in (refusal.message, *refusal.reasons):
        form.add_error(None, sentence)
    return meanwhile(refusal)


def meanwhile(refusal: Refused) -> dict[str, Any]:
    """The version that can be saved over, and what was changed since the one that was seen."""
    if not isinstance(refusal, ChangedMeanwhile):
        return {}
    return {"version": refusal.now, "changed": changed_meanwhile(refusal)}
