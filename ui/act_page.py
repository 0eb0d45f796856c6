"""The page of one act: it shows a form or only a button, calls one action, and says the result.

GET shows the page, POST calls the action. A refusal is shown on the form and keeps everything typed; an act
that is no longer possible leads back to the row and says why.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from core.edits import ChangedMeanwhile
from core.errors import Refused
from core.permissions import can_now
from core.status import Stateful, earlier
from ui.edits import meanwhile

Words = str | Promise
METHODS = ["GET", "HEAD", "POST"]


class NoFields(forms.Form):
    """The form of an act that needs no value, only a confirmation."""


@dataclass(frozen=True)
class Ask:
    """The words of the page: what is asked, the button that does it, the link that leaves it.

    `about` is a template that shows what it is about, above the form; `base` the frame of portal or office; `too_late`
    is said where the state of the row is no longer the right one, if its status alone does not say it.
    """

    title: Words
    button: Words
    lede: Words = ""
    leave: Words = ""  # "Cancel", if nothing is said
    danger: bool = False
    crumbs: Sequence[tuple[Words, str]] = ()
    about: str = ""
    too_late: Words = ""
    base: str = "base.html"


def act_page(
    request: HttpRequest,
    row: Model,
    form: Callable[..., forms.BaseForm] | None,
    action: Callable[..., Any],
    *,
    ask: Ask,
    done: Words | Callable[[Any], Words],
    verb: str = "",
    leads_to: Callable[[Any], Any] | str | None = None,
    back: str = "",
    given: Mapping[str, Any] | None = None,
    version: str | None = None,
    template: str = "ui/act.html",
    facts: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page of one act on a row that the person may act on (`get_permitted` was asked).

    The action gets `by`, the cleaned fields (or the form's `facts()`), what is `given`, and those of `at`, `on` and
    `version` it takes. `done` says what happened, from the action's result where it is a function; `leads_to` is where
    the person goes then, the row's page if nothing is said. With `verb` the state of the row is asked by the rules.
    A form says by its `SAID_AT` beside which field a refusal of a code stands. `version` comes from
    `ui.edits.seen_version`, called before the row was read.
    """
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    home = back or resolve_url(row)
    if verb and request.method != "POST" and not can_now(_person(request), verb, row):
        return _too_late(request, row, home, ask.too_late)
    bound = _bound(request, form or NoFields)
    shown: dict[str, Any] = {"version": version}
    if request.method == "POST" and bound.is_valid():
        try:
            result = action(row, **_keywords(request, action, bound, given or {}, version))
        except Refused as refusal:
            if verb and _is_over(request, row, verb, refusal):
                return _went(request, home)
            shown |= _say(bound, refusal)
        else:
            messages.success(request, str(done(result) if callable(done) else done))
            return _went(request, resolve_url((leads_to(result) if callable(leads_to) else leads_to) or home))
    context = {"row": row, "form": bound, "ask": ask, "back": home, "address": request.get_full_path(), **shown}
    return render(request, template, {**context, **(facts or {})})


def _bound(request: HttpRequest, form: Callable[..., forms.BaseForm]) -> forms.BaseForm:
    return form(request.POST, request.FILES) if request.method == "POST" else form()


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _keywords(
    request: HttpRequest, action: Callable[..., Any], form: Any, given: Mapping[str, Any], version: str | None
) -> dict[str, Any]:
    """What the action is called with besides the row."""
    said = form.facts() if hasattr(form, "facts") else form.cleaned_data
    known: dict[str, Any] = {"at": timezone.now(), "on": timezone.localdate(), "version": version}
    taken = inspect.signature(action).parameters
    return {"by": request.user, **{name: known[name] for name in known if name in taken}, **said, **given}


def _is_over(request: HttpRequest, row: Model, verb: str, refusal: Refused) -> bool:
    """Whether the refused act is no longer possible: then the page of the row shows the refusal."""
    now = type(row)._default_manager.filter(pk=row.pk).first()
    if isinstance(refusal, ChangedMeanwhile) or (now is not None and can_now(_person(request), verb, now)):
        return False
    for sentence in (refusal.message, *refusal.reasons):
        messages.error(request, sentence)
    return True


def _too_late(request: HttpRequest, row: Model, home: str, why: Words) -> HttpResponse:
    """The page of an act that the row's state does not allow leads to the row and says why."""
    if not why:
        why = earlier(row) if isinstance(row, Stateful) else _("This is not possible in its present state.")
    messages.warning(request, str(why))
    return _went(request, home)


def _say(form: forms.BaseForm, refusal: Refused) -> dict[str, Any]:
    """Say on the form why the action refused it, beside the field that can put it right; what changed meanwhile."""
    beside = getattr(form, "SAID_AT", {}).get(refusal.code, NON_FIELD_ERRORS)
    for sentence in (refusal.message, *refusal.reasons):
        form.add_error(None if beside == NON_FIELD_ERRORS else beside, sentence)
    return meanwhile(refusal)


def _went(request: HttpRequest, url: str) -> HttpResponse:
    """Redirect; htmx is told to load the whole page instead of putting it into the old one."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
