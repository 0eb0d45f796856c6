"""The enterprise orders from its shortlist, or leaves the choice to a university."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedIn
from assignments.actions import place_order
from assignments.forms import OrderForm
from assignments.models import Order
from core.errors import Refused
from core.permissions import may
from enterprises.models import Need
from matching.models import Suggestion
from matching.shortlists import shortlist_rows


@require_http_methods(["GET", "HEAD", "POST"])
def order_new(request: SignedIn, pk: int) -> HttpResponse:
    """Order from the shortlist in order of preference, or leave the choice to a university."""
    need = get_object_or_404(Need.objects.visible_to(request.user).select_related("enterprise"), pk=pk)
    if not may(request.user, "place", Order):
        raise PermissionDenied
    rows = Suggestion.objects.current().filter(need=need).select_related("doctor__university")
    lines = shortlist_rows(rows)
    doctors = [line["doctor"] for line in lines]
    wanted = request.GET.getlist("doctors")
    posted = request.POST if request.method == "POST" else None
    form = OrderForm(posted, user=request.user, doctors=doctors, wanted=wanted)
    if request.method == "POST" and form.is_valid():
        try:
            order = place_order(need, by=request.user, at=timezone.now(), on=timezone.localdate(), **form.facts())
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("Your order was placed. The university names the doctor; you will be told."))
            return redirect(order)
    return render(request, "matching/order_new.html", {"need": need, "form": form, "lines": lines})
