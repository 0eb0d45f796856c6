"""The list of invitations, and the acts on one of them."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.core.paginator import Page
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import SignedIn
from core.permissions import can_now, get_permitted, rules_let
from identity.account_bodies import body_paths, body_words
from identity.invitations import withdraw_invitation
from identity.links import INVITED
from identity.models import Invitation
from identity.pages.inviting import Place, invite_page, invitee_of
from outbox.models import Mail
from ui.act_page import Ask, act_page
from ui.exports import Column
from ui.filters import ListFilter, named
from ui.lists import Empty, ListPage
from ui.templatetags.ui_format import masked

STATUS = Invitation.Status


def _address(invitation: Invitation) -> str:
    return str(masked(invitation.address))


COLUMNS = [
    Column(pgettext_lazy("person", "Name"), 14, lambda row: row.user.name),
    Column(pgettext_lazy("body", "For"), 30, lambda row: body_words(row.user)),
    Column(gettext_lazy("Status"), 12, lambda row: row.get_status_display()),
    Column(pgettext_lazy("invitation", "Sent by"), 14, lambda row: row.get_way_display()),
    Column(pgettext_lazy("mail", "Address"), 28, _address),
    Column(pgettext_lazy("invitation", "Sent on"), 17, "sent_at"),
    Column(gettext_lazy("Invited by"), 14, lambda row: row.sent_by.name),
    Column(gettext_lazy("Valid until"), 17, "expires_at"),
]


class InvitationFilter(ListFilter):
    q = django_filters.CharFilter(
        method="search", label=gettext_lazy("Search"), help_text=gettext_lazy("Name, also initials")
    )
    status = django_filters.ChoiceFilter(
        choices=STATUS.choices, label=gettext_lazy("Status"), empty_label=gettext_lazy("all")
    )
    way = django_filters.ChoiceFilter(
        choices=Invitation.Way.choices, label=pgettext_lazy("invitation", "Sent by"), empty_label=gettext_lazy("all")
    )

    class Meta:
        model = Invitation
        fields = ["q", "status", "way"]

    def search(self, rows: QuerySet[Invitation], name: str, value: str) -> QuerySet[Invitation]:
        return rows.filter(named("user", value))


class InvitationList(ListPage):
    """The invitations of the people for whom someone answers, the latest first."""

    model, verb = Invitation, "list"
    filterset_class, columns = InvitationFilter, COLUMNS
    title, template_name = gettext_lazy("Invitations"), "identity/invitation_list.html"
    none_found = gettext_lazy("No invitation fits these filters")
    none = Empty(
        gettext_lazy("No invitations yet"),
        gettext_lazy("Whoever is invited stands here, with how far it has come."),
    )

    def get_queryset(self) -> QuerySet[Invitation]:
        rows: QuerySet[Invitation] = super().get_queryset()
        # Apart from the rows: together they would be more tables than PostgreSQL plans as a whole.
        accounts = User.objects.select_related(*body_paths())
        return rows.select_related("sent_by").prefetch_related(Prefetch("user", accounts))

    def rows_of(self, page: Page[Any]) -> Sequence[Any]:
        rows, now = super().rows_of(page), timezone.now()
        states = _states_of_messages(rows)
        return [_row(row, self.user, states.get(row.pk, ""), is_over=row.expires_at <= now) for row in rows]

    def facts(self) -> dict[str, Any]:
        office = self.user.is_staff
        return {"blank": Invitation(), **({"base": "office/base.html"} if office else {})}


def _states_of_messages(rows: Sequence[Invitation]) -> dict[int, str]:
    """The states of the messages of invitations that have not arrived, by the key of the invitation."""
    names = {f"{INVITED}:{row.pk}": row.pk for row in rows}
    troubled = [Mail.State.FAILED, Mail.State.UNSURE]
    found = Mail.objects.filter(kind=INVITED, key__in=names, state__in=troubled)
    return {names[mail.key]: str(mail.get_state_display()) for mail in found}


def _row(invitation: Invitation, user: User, message: str, *, is_over: bool) -> dict[str, Any]:
    over = invitation.status == STATUS.WAITING and is_over
    return {
        "invitation": invitation,
        "body": body_words(invitation.user),
        "status": STATUS.EXPIRED.value if over else invitation.status,
        "label": STATUS.EXPIRED.label if over else invitation.get_status_display(),
        "address": _address(invitation),
        "message": message,
        "acts": [verb for verb in ("resend", "withdraw") if _may_now(user, verb, invitation)],
    }


def _may_now(user: User, verb: str, invitation: Invitation) -> bool:
    """As `may`, for a row that was found by the scope of the user, and without a query."""
    return rules_let(user, verb, Invitation) and can_now(user, verb, invitation)


def _place() -> Place:
    url = reverse("invitation_list")
    return Place(url, [(_("Invitations"), url), (_("Send again"), "")])


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_resend(request: SignedIn, pk: int) -> HttpResponse:
    """Send the person of an invitation a new link, by the same way or another."""
    rows = Invitation.objects.select_related("user", *body_paths("user__"))
    invitation = get_permitted(rows, "resend", request.user, pk=pk)
    mail = invitation.address if invitation.way == Invitation.Way.MAIL else ""
    phone = invitation.address if invitation.way == Invitation.Way.SMS else ""
    return invite_page(request, invitee_of(invitation.user, mail=mail, phone=phone), _place())


def invitation_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Ask whether to withdraw an invitation, and withdraw it."""
    invitation = get_permitted(Invitation.objects.select_related("user"), "withdraw", request.user, pk=pk)
    ask = Ask(
        _("Withdraw the invitation of %(name)s?") % {"name": invitation.user.name},
        _("Withdraw"),
        lede=_("The link no longer works. The account stays and can be invited again."),
        danger=True,
        crumbs=[(_("Invitations"), reverse("invitation_list")), (_("Withdraw"), "")],
    )
    done = _("The invitation was withdrawn; its link no longer works.")
    back = reverse("invitation_list")
    return act_page(request, invitation, None, withdraw_invitation, verb="withdraw", ask=ask, done=done, back=back)
