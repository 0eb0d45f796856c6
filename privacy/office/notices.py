"""The privacy notices: the version in force of each role, earlier ones, and a new one."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.permissions import rules_let
from privacy import actions
from privacy.consents import forget_versions, notice_for
from privacy.forms import NoticeForm
from privacy.models import Consent, PrivacyNotice
from privacy.models.notices import ASKED
from ui.act_page import Ask, act_page
from ui.office_table import person


@require_safe
def privacy_notices(request: HttpRequest) -> HttpResponse:
    """The version in force of each role, how many agreed to it, and the versions before."""
    if not rules_let(person(request), "view", PrivacyNotice):
        raise PermissionDenied
    now = timezone.now()
    rows = [
        {
            "notice": notice,
            "agreed": Consent.objects.filter(notice=notice).in_force().count(),
            "earlier": PrivacyNotice.objects.filter(role=notice.role, version__lt=notice.version).order_by("-version"),
        }
        for notice in (notice_for(role, now) for role in ASKED)
    ]
    facts = {"rows": rows, "may_publish": rules_let(person(request), "publish", PrivacyNotice)}
    return render(request, "office/privacy_notices.html", facts)


def privacy_notice_new(request: HttpRequest, role: str) -> HttpResponse:
    """Write the next version of a role's notice; it is in force at once, and everybody of the role is asked again."""
    if role not in ASKED:
        raise Http404
    if not rules_let(person(request), "publish", PrivacyNotice):
        raise PermissionDenied
    notice = notice_for(role, timezone.now())
    listed = reverse("admin:privacy_notices")
    ask = Ask(
        title=_("New notice for %(role)s") % {"role": notice.get_role_display()},
        button=_("Put in force"),
        lede=_("The version in force is never changed. Everybody of this role is asked again at once."),
        crumbs=[(_("Talent office"), reverse("admin:index")), (_("Privacy notices"), listed)],
        base="office/base.html",
    )
    form = partial(NoticeForm, initial={"text_zh": notice.text_zh, "text_en": notice.text_en})
    return act_page(request, notice, form, _publish, ask=ask, done=_("The new version is in force."), back=listed)


def _publish(notice: PrivacyNotice, *, by: object, at: object, **facts: str) -> PrivacyNotice:
    made: PrivacyNotice = actions.publish_notice(notice.role, by=by, at=at, **facts)  # type: ignore[arg-type]
    forget_versions()
    return made
