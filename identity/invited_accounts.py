"""Actions that make an account for a person and invite him to it, in one step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from accounts.models import Office, User
from core.action import action
from identity.account_bodies import propose_username
from identity.actions import create_account
from identity.invitations import invite_person


@action(gettext_lazy("account made"))
def open_account(account: Mapping[str, Any], *, by: User, at: datetime, role: str, name: str = "") -> User:
    """Make an account from what a form gives: a name is proposed where none is given, and the person is invited by the
    `sending`, if there is one. `name` is that of a person whose name the form does not ask for."""
    facts = {"password": None, **account}
    sending = facts.pop("sending", None)
    facts["name"] = facts.get("name") or name
    username = facts.pop("username", "") or propose_username(facts["name"])
    user = create_account(username, by=by, role=role, **facts)
    if sending is not None:
        invite_person(user, by=by, at=at, sending=sending)
    return user


@action(gettext_lazy("office staff or program entered"))
def enter_staff(*, by: User, at: datetime, role: str, office: Office | None, account: Mapping[str, Any]) -> User:
    """Make the account of someone of an office, who is invited to it, or of a program, which gets a token later."""
    return open_account({**account, "office": office}, by=by, at=at, role=role)
