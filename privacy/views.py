"""The privacy notice with its consent, and a person's own page: what is stored, a copy, and requests."""

from functools import partial
from typing import cast

from django.apps import apps
from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.requests import SignedIn
from audit.seen import who_saw
from core.clients import address_of
from core.permissions import get_permitted, may
from core.personal_data import EDITED_AT, subjects_of
from core.scope import visible
from privacy import actions
from privacy.consents import SESSION_KEY, notice_for
from privacy.copies import FORMS, copy_of
from privacy.forms import AskForm
from privacy.models import Consent, PersonalRequest, PrivacyNotice
from privacy.models.notices import is_asked
from privacy.notice_texts import filled, parts_of
from privacy.stored import MOST, sections_of
from ui.act_page import Ask, act_page
from ui.offers import Offer, offers_of

Kind = PersonalRequest.Kind


@require_http_methods(["GET", "HEAD", "POST"])
def privacy_notice(request: SignedIn) -> HttpResponse:
    """Show the notice in force for the person's role; POST agrees to the version that was shown."""
    if not is_asked(request.user):
        raise Http404
    if request.method == "POST":
        return _agree(request)
    notice = notice_for(request.user.role, timezone.now())
    earlier = Consent.objects.filter(user=request.user)
    context = {
        "notice": notice,
        "parts": parts_of(notice.text),
        "given": earlier.filter(notice=notice).in_force().first(),
        "is_new": earlier.exclude(notice=notice).exists(),
        "next": _next(request, request.GET.get("next", "")),
    }
    return render(request, "privacy/notice.html", context)


def _agree(request: SignedIn) -> HttpResponse:
    shown = request.POST.get("notice", "")
    notice = get_object_or_404(PrivacyNotice, pk=int(shown) if shown.isascii() and shown.isdigit() else 0)
    actions.agree(notice, by=request.user, at=timezone.now(), address=address_of(request))
    request.session[SESSION_KEY] = notice.pk
    return redirect(_next(request, request.POST.get("next", "")))


def _next(request: SignedIn, address: str) -> str:
    """Where the person wanted to go; his home, if that lies elsewhere."""
    here = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(address, here, require_https=request.is_secure())
    return address if safe else resolve_url(settings.LOGIN_REDIRECT_URL)


@require_POST
def privacy_decline(request: SignedIn) -> HttpResponse:
    """The person does not agree: he is signed out, and told whom to talk to."""
    logout(request)
    return render(request, "privacy/declined.html", {"contact": filled("{contact}")})


@require_POST
def privacy_withdraw(request: SignedIn) -> HttpResponse:
    """Withdraw the consent; nothing can be done here any more until it is given again."""
    for consent in Consent.objects.filter(user=request.user).in_force().order_by("pk"):
        actions.withdraw_consent(consent, by=request.user, at=timezone.now())
    return privacy_decline(request)


# -- A person's own page -----------------------------------------------------------------------------------------


@require_GET
def my_data(request: SignedIn) -> HttpResponse:
    """Everything that is stored of the person who asks, and what he can do about it."""
    requests = visible(PersonalRequest.objects.filter(user=request.user), request.user)
    context = {
        "sections": sections_of(request.user, MOST),
        "most": MOST,
        "seen": who_saw(request.user),
        "requests": requests.order_by("-pk"),
        "consent": Consent.objects.filter(user=request.user).in_force().select_related("notice").last(),
        "kinds": Kind,
        "own_pages": own_pages(request.user),
    }
    return render(request, "privacy/my_data.html", context)


def own_pages(user: User) -> list[tuple[str, str]]:
    """Pages on which the person changes himself what is stored of him, each with its label."""
    found = []
    for subject in subjects_of("accounts.user", user.pk):
        row = apps.get_model(subject.kind)._base_manager.get(pk=subject.key)
        page = EDITED_AT.get(subject.kind)
        if page is not None and may(user, page.verb, row):
            found.append((str(page.label), reverse(page.address, args=[row.pk])))
    return found


@require_http_methods(["GET", "HEAD"])
def my_data_withdraw(request: SignedIn) -> HttpResponse:
    """Ask once more before the consent is withdrawn."""
    return render(request, "privacy/withdraw.html")


@require_POST
def my_data_copy(request: SignedIn, form: str) -> HttpResponse:
    """The copy as a file; posted, because it is put on record."""
    if form not in FORMS:
        raise Http404
    at = timezone.now()
    name = actions.take_copy(request.user, by=request.user, at=at, form=form)
    return cast(HttpResponse, copy_of(request.user, form, name, at))


TITLES = {
    Kind.CORRECT: (
        gettext_lazy("Have data corrected"),
        gettext_lazy("What you cannot change yourself, the office corrects."),
    ),
    Kind.OBJECT: (
        gettext_lazy("Object to a use"),
        gettext_lazy("The office stops the use, or says by which law it goes on."),
    ),
    Kind.ERASE: (
        gettext_lazy("Have my data erased"),
        gettext_lazy(
            "Your account is shut. Where an assessment or a confirmed service must stay, a pseudonym takes your place."
        ),
    ),
}


def personalrequest_new(request: SignedIn, kind: str) -> HttpResponse:
    """The page on which a person asks the office something about his data."""
    if kind not in Kind.values:
        raise Http404
    title, lede = TITLES[Kind(kind)]
    days = _("You are answered within %(days)s working days.") % {"days": settings.PERSONAL_REQUEST_DAYS}
    ask = Ask(
        title=str(title), button=_("Send"), lede=f"{lede} {days}", danger=kind == Kind.ERASE,
        crumbs=[(_("My data"), reverse("my_data")), (str(title), "")],
    )  # fmt: skip
    return act_page(
        request, request.user, partial(AskForm, kind=kind), actions.ask_about_data, ask=ask,
        done=_("Your request was sent to the office."), leads_to=lambda made: made, back=reverse("my_data"),
        given={"kind": kind},
    )  # fmt: skip


WITHDRAWING = Ask(
    gettext_lazy("Withdraw the request?"),
    gettext_lazy("Withdraw"),
    gettext_lazy("The office does nothing about it then."),
    danger=True,
)
OFFERS = [Offer("withdraw", gettext_lazy("Withdraw"), WITHDRAWING)]


@require_GET
def personalrequest_detail(request: SignedIn, pk: int) -> HttpResponse:
    """A request of the person's own, and its answer."""
    row = _own(request, pk)
    return render(request, "privacy/request_detail.html", {"row": row, "offers": offers_of(request.user, row, OFFERS)})


def personalrequest_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    row = get_permitted(PersonalRequest.objects.filter(user=request.user), "withdraw", request.user, pk=pk)
    said = _("The request was withdrawn.")
    return act_page(request, row, None, actions.withdraw_request, verb="withdraw", ask=WITHDRAWING, done=said)


def _own(request: SignedIn, pk: int) -> PersonalRequest:
    """A request of the person himself; those of others are on the office's list."""
    rows = PersonalRequest.objects.filter(user=request.user)
    return get_object_or_404(rows.visible_to(request.user), pk=pk)
