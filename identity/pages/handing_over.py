"""The page that shows once what is handed over to somebody who got an account: a link, or a first password."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from identity.links import Sending
from identity.models import Invitation
from identity.pages.inviting import Place, link_page
from ui.office_table import OfficeTable
from ui.office_table.scoped import M


def password_page(request: HttpRequest, user: User, password: str, place: Place) -> HttpResponse:
    """Show a password that was made for somebody, in the answer to the button; it is stored nowhere."""
    answer = render(request, "identity/password_shown.html", {"person": user, "secret": password, "place": place})
    answer["Cache-Control"] = "no-store"
    return answer


def handed_over(request: HttpRequest, user: User | None, account: Mapping[str, Any], back: str) -> HttpResponse | None:
    """The page with what the owner of a new account is handed over; None if a message was sent, or nothing is given.

    `account` is what `AccountForm.account` gave; `back` the page to which it leads on.
    """
    place = Place(back, [(_("Talent office"), reverse("admin:index")), (_("Account"), "")], "office/base.html")
    sending: Sending | None = account.get("sending")
    if user is not None and account.get("password"):
        return password_page(request, user, account["password"], place)
    if sending is not None and sending.way == Invitation.Way.SHOWN:
        return link_page(request, Invitation.objects.with_key(sending.key).get(), sending, place)
    return None


class GivesAccess(OfficeTable[M]):
    """A table on which a new row makes an account (`row.account`) for `row.user`."""

    def response_add(self, request: HttpRequest, obj: M, *args: Any, **kwargs: Any) -> HttpResponse:
        row: Any = obj
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        shown = handed_over(request, row.user, getattr(row, "account", None) or {}, back)
        return shown or super().response_add(request, obj, *args, **kwargs)
