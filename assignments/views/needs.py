"""A need is taken back, and an open order for it with it."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from assignments.actions import withdraw_need
from assignments.forms import WithdrawForm
from assignments.on_need import ask_withdraw
from core.permissions import get_permitted
from enterprises.models import Need
from ui.act_page import act_page


def need_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    need = get_permitted(Need.objects.select_related("enterprise"), "withdraw", request.user, pk=pk)
    done = _("The need was taken back.")
    return act_page(
        request, need, WithdrawForm, withdraw_need, verb="withdraw", ask=ask_withdraw(need), done=done
    )  # fmt: skip
