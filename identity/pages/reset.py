"""A new password by a code: first the user name, then the code together with the new password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.clients import address_of
from core.errors import Refused
from identity.models import PasswordReset
from identity.reset_forms import AskForm, CodeForm
from identity.resetting import ask_for_code, reset_password, try_code
from outbox.carriers import set_up

KEY = "password_reset"
METHODS = ["GET", "HEAD", "POST"]


@login_not_required
@require_http_methods(METHODS)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the user name; the answer is the same whether there is such an account or not."""
    media = set_up()
    form = AskForm(request.POST if request.method == "POST" else None, media=media)
    if request.method == "POST" and media and form.is_valid():
        data, address = form.cleaned_data, address_of(request)
        try:
            row = ask_for_code(data["username"], by=None, at=timezone.now(), medium=data["medium"], address=address)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            request.session[KEY] = row.pk
            return redirect("reset_code")
    return render(request, "identity/reset.html", {"form": form, "media": media})


@login_not_required
@require_http_methods(METHODS)
def code(request: HttpRequest) -> HttpResponse:
    """Take the code and the new password, in the browser that asked for the code."""
    row = PasswordReset.objects.filter(pk=request.session.get(KEY, 0)).select_related("user").first()
    if row is None:
        return redirect("reset")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _is_reset(request, row, form):
        del request.session[KEY]
        messages.success(request, _("Your new password is set; sign in with it."))
        return redirect("login")
    return render(request, "identity/reset_code.html", {"form": form, "medium": row.medium})


def _is_reset(request: HttpRequest, row: PasswordReset, form: CodeForm) -> bool:
    """Try the code and set the password; what is wrong is said on the form."""
    data: dict[str, Any] = form.cleaned_data
    now = timezone.now()
    if not try_code(row, by=None, at=now, code=data["code"]) or row.user is None:
        form.add_error("code", _("This is not the code, or it is no longer valid; ask for another one."))
        return False
    try:
        validate_password(data["password1"], row.user)
    except ValidationError as error:
        form.add_error("password1", error)
        return False
    reset_password(row, by=row.user, at=now, password=data["password1"])
    request.signed_in_as = row.user  # type: ignore[attr-defined]  # the browser of whoever had the code is a known one
    return True
