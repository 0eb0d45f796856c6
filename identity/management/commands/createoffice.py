"""`bin/manage createoffice USERNAME` makes an account of the city's talent office, such as the first of a site.

It is an administrator, who makes the accounts of the others. A small office in which one person does everything says
`--joined`: the account is operator and administrator, and the office keeps on record that it joined these duties.
It is also the way in where the only administrator has left. The office's administrators and auditors are told.
"""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.duties import Duty
from accounts.models import Office, User
from core.edges import EdgeCommand
from core.notices import notify
from identity.actions import create_account, open_office
from identity.duties import join_duties
from identity.notice_kinds import BY_COMMAND
from identity.waiting import people_missing

FIRST_OFFICE = "人才办"


class Command(EdgeCommand):
    help = "Make an account of the city's talent office; the password is asked for, or read from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="")
        parser.add_argument("--office", default="", help="name of the city office; if not given, the one that exists")
        parser.add_argument("--joined", action="store_true", help="operator and administrator in one account")

    def handle(self, *args: Any, **options: Any) -> None:
        if wrong := User.wrong_name(User.normalize_username(options["username"])):
            raise CommandError(wrong)
        password = self._password()
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        office = self._office(options["office"])
        others = list(User.objects.of_city_office().exclude(operates=True, administers=False, audits=False))
        duties = [Duty.ADMINISTRATOR]
        if options["joined"]:
            join_duties(office, by=None, at=timezone.now(), reason=_("Asked for with createoffice --joined."))
            duties.append(Duty.OPERATOR)
        user = create_account(
            options["username"],
            by=None,
            name=options["name"] or options["username"],
            role=User.Role.OFFICE,
            office=office,
            password=password,
            handed_over=False,
            duties=duties,
        )
        now = timezone.now()
        notify(others, BY_COMMAND, key=str(user.pk), at=now, name=options["username"])
        self.stdout.write(_("The account “%(name)s” can sign in now.") % {"name": options["username"]})
        for item in people_missing(user, now.date()):
            self.stdout.write(_("Next, on the home page: %(what)s. %(why)s") % {"what": item.title, "why": item.text})

    def _office(self, name: str) -> Office:
        """The office of this name; without a name the city's only office, and a new one where there is none."""
        city = Office.objects.filter(kind=Office.Kind.CITY).order_by("pk")
        if not name and len(city) > 1:
            names = "、".join(str(office) for office in city)
            raise CommandError(_("Say which with --office: %(names)s.") % {"names": names})
        known = Office.objects.filter(name=name).first() if name else city.first()
        return known or open_office(name or FIRST_OFFICE, by=None, kind=Office.Kind.CITY)

    def _password(self) -> str:
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        first = getpass.getpass(_("Password (at least 10 characters): "))
        if first != getpass.getpass(_("Once more: ")):
            raise CommandError(_("The two passwords differ; nothing was made."))
        return first
