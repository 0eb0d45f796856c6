"""Two accounts of one person: they are linked once both were proved, and the person switches between them.

Who acts stays one account: what is done after a switch is done by the other one.
"""

from datetime import datetime
from typing import Any

from allauth.account.internal.flows import login as records
from allauth.mfa.models import Authenticator
from django.contrib.auth import login
from django.contrib.auth.signals import user_logged_in
from django.db.models import Q
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import ledger
from core.action import By, action
from core.approval_kinds import SAME_PERSON
from core.errors import AlreadyDone, Refused
from core.notices import notify
from core.personal_data import history_of
from core.status import lock
from identity.account_bodies import body_paths, body_words
from identity.adapters import BACKEND
from identity.models import AccountLink
from identity.notice_kinds import LINKED, UNLINKED
from identity.second_factor.required import is_required_for, kinds_of
from identity.session_limits import LIMITS

LINK = ledger.kind("account_linked", gettext_lazy("accounts linked"))
UNLINK = ledger.kind("account_unlinked", gettext_lazy("link of accounts undone"))
SWITCH = ledger.kind("account_switched", gettext_lazy("switched to a linked account"))
# The session keeps the links that the menu of the account shows, so that pages need no query for it.
SHOWN = "linked_accounts"


@action(gettext_lazy("accounts linked"))
def link_accounts(user: User, other: User, *, by: User, at: datetime) -> AccountLink:
    """Link two accounts of one person, who has proved both; the owners of both are told."""
    if user.pk == other.pk:
        raise Refused(_("This is the account you are signed in with; give the other one."), code="oneself")
    for each in sorted([user, other], key=lambda one: one.pk):
        lock(each)
        if each.role == User.Role.PROGRAM or not each.is_active:
            raise Refused(_("Only accounts of people who are let in can be linked."), code="no_person")
    if AccountLink.objects.between(user, other).exists():
        raise AlreadyDone(_("These two accounts are linked already."), code="linked")
    first, second = sorted([user, other], key=lambda one: one.pk)
    link = AccountLink.objects.create(first=first, second=second, linked_at=at)
    ledger.record(LINK, by=by, at=at, about=other)
    _tell(LINKED, link, at=at)
    return link


@action(gettext_lazy("link of accounts undone"))
def unlink_accounts(link: AccountLink, *, by: User, at: datetime) -> None:
    """Undo a link, from either side; the owners of both are told."""
    lock(link)
    ledger.record(UNLINK, by=by, at=at, about=link.other(by))
    _tell(UNLINKED, link, at=at)
    link.delete()


@action(gettext_lazy("links of an account undone"))
def undo_links(user: User, *, by: By, at: datetime) -> None:
    """Undo the links of an account whose password was lost; whoever linked it as a stranger is out with it."""
    for link in AccountLink.objects.of(user).order_by("pk"):
        ledger.record(UNLINK, by=by, at=at, about=user)
        _tell(UNLINKED, lock(link), at=at)
        link.delete()


def _tell(kind: str, link: AccountLink, *, at: datetime) -> None:
    for user in (link.first, link.second):
        other = link.other(user)
        names = {"name": user.username, "other": other.username}
        notify([user], kind, key=f"{link.pk}", at=at, **names)


@action(gettext_lazy("switched to a linked account"))
def note_switch(link: AccountLink, *, by: User, at: datetime) -> User:
    """Write to the ledger that a person goes on with the other account, and return that account."""
    lock(link)
    other = lock(link.other(by))
    if not other.is_active:
        raise Refused(_("The account “%(name)s” is no longer let in.") % {"name": other.username}, code="closed")
    ledger.record(SWITCH, by=by, at=at, about=other)
    return other


def check_second_factor(request: HttpRequest, other: User) -> None:
    """Raise Refused where the other account has or needs a second factor and its own was not given in this session.

    One of the account that the person comes from does not count: whoever had stolen the password of the other account
    could link it with his own, and his own factor would open it.
    """
    needed = is_required_for(other) or bool(kinds_of(other))
    given = [each.get("id") for each in _factors_given(request)]
    if needed and not Authenticator.objects.filter(user=other, pk__in=given).exists():
        words = _("The account “%(name)s” needs a second factor: sign out, and sign in to it.")
        raise Refused(words % {"name": other.username}, code="second_factor")


def _factors_given(request: HttpRequest) -> list[dict[str, Any]]:
    """What allauth kept of each second factor that was given in this session."""
    return [each for each in records.get_authentication_records(request, request.user) if each["method"] == "mfa"]


def go_on_as(request: HttpRequest, other: User) -> None:
    """Begin a session of the other account under a new key; it remembers the second factors given before.

    It does not last longer than the session before, and a change of the other account asks anew who it is.
    """
    given = [{**each, "reauthenticated": False} for each in _factors_given(request)]
    began = request.session.get(LIMITS, {}).get("began")
    login(request, other, backend=BACKEND)
    if began is not None:
        request.session[LIMITS] = {**request.session[LIMITS], "began": began}
    request.session[records.AUTHENTICATION_METHODS_SESSION_KEY] = given
    request.session[records._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(other.pk)


def links_of(user: User) -> list[dict[str, Any]]:
    """The linked accounts of a user: the key of the link, the names, the role and the body of the account."""
    others = {row.other_key(user): row.pk for row in AccountLink.objects.of(user).order_by("pk")}
    # Apart from the links: together they would be more tables than PostgreSQL plans as a whole.
    accounts = User.objects.select_related(*body_paths()).in_bulk(others) if others else {}
    return [{"key": key, **_words(accounts[other])} for other, key in others.items()]


def accounts_of_person(user: User) -> set[int]:
    """The keys of the other accounts that are, or ever were, linked to this one, also through a third.

    A link that was undone still tells that both accounts are of one person, so the history is asked.
    """
    found, asked = {user.pk}, set[int]()
    history: Any = history_of(AccountLink)
    while new := found - asked:
        asked |= new
        links = history.objects.filter(Q(first__in=new) | Q(second__in=new)).order_by().values_list("first", "second")
        found.update(key for pair in links for key in pair)
    return found - {user.pk}


SAME_PERSON.append(accounts_of_person)


def _words(user: User) -> dict[str, str]:
    return {
        "name": user.name,
        "username": user.username,
        "role": user.role,
        "body": body_words(user),
    }


def keep_links(request: HttpRequest, user: User) -> None:
    """Keep in the session what the menu of the account shows."""
    request.session[SHOWN] = links_of(user)


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_named: Any) -> None:
    keep_links(request, user)
