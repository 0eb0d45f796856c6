"""The to-dos of an administrator: people whom the city's office needs and does not have yet."""

from collections.abc import Iterator
from datetime import date

from django.contrib.postgres.aggregates import BoolOr
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.duties import FIELDS, Duty
from accounts.models import User
from ui.contributions import Item


def people_missing(user: User, on: date) -> Iterator[Item]:
    """An operator, an auditor and a second administrator, in the order in which one person makes them."""
    people = User.objects.of_city_office()
    there = people.aggregate(operates=BoolOr("operates"), audits=BoolOr("audits"))
    if not there["operates"]:
        text = _("Until then nobody can publish needs, open a round or see doctors.")
        yield Item(_("Make the account of an operator"), _page(Duty.OPERATOR), text, "wait")
    if not there["audits"]:
        text = _("An auditor reads who did what, and is told when the audit trail was changed.")
        yield Item(_("Make the account of an auditor"), _page(Duty.AUDITOR), text, "wait")
    if user.office is None or not user.office.decides_alone:
        yield from _second_administrator(user)


def _second_administrator(user: User) -> Iterator[Item]:
    others = User.objects.administrators().exclude(pk=user.pk)
    if not others.exists():
        text = _("Resets, duties and tokens need a second administrator to approve them; there is none yet.")
        yield Item(_("Make the account of a second administrator"), _page(Duty.ADMINISTRATOR), text, "wait")
    elif not others.filter(last_login__isnull=False).exists():
        text = _("Until then nobody approves what you propose. The account's page sends the invitation again.")
        first = others.order_by("pk")[0]
        page = reverse("admin:accounts_user_change", args=[first.pk])
        yield Item(_("%(name)s, the second administrator, has not signed in yet") % {"name": first}, page, text, "idle")


def _page(duty: Duty) -> str:
    return f"{reverse('admin:accounts_user_add')}?role={User.Role.OFFICE}&{FIELDS[duty]}=on"
