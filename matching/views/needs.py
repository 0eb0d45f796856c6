"""The shortlist of a need while it is made, and the office's decision on the need."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import SignedIn
from core.permissions import get_permitted
from enterprises.actions import return_need
from enterprises.need_page import whole
from matching.actions import publish_need
from matching.forms import ReturnForm
from matching.on_needs import ask_publish, ask_return, returned_in_words, shortlist_of
from ui.act_page import act_page


@require_safe
@never_cache
def need_shortlist(request: SignedIn, pk: int) -> HttpResponse:
    """The shortlist alone: the page asks for it while a run is under way. Without scripts it leads back to the page."""
    need = whole().visible_to(request.user).filter(pk=pk).first()
    if need is None:
        raise Http404
    if not request.headers.get("HX-Request"):
        return redirect(need)
    return render(request, "matching/need_shortlist.html", shortlist_of(need, request) or {"need": need})


def need_publish(request: SignedIn, pk: int) -> HttpResponse:
    need = get_permitted(whole(), "publish", request.user, pk=pk)
    done = _("The need was published; its shortlist is made next.")
    return act_page(request, need, None, publish_need, verb="publish", ask=ask_publish(need), done=done)


def need_return(request: SignedIn, pk: int) -> HttpResponse:
    need = get_permitted(whole(), "return", request.user, pk=pk)
    return act_page(
        request, need, ReturnForm, return_need, verb="return", ask=ask_return(need),
        done=lambda returned: " ".join(returned_in_words([returned])),
    )  # fmt: skip
