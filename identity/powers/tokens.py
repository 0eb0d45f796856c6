"""Tokens of programs."""

from datetime import date, datetime, timedelta
from typing import NotRequired, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.duties import Duty
from accounts.models import ApiToken, User
from core.approvals import kind
from core.errors import Refused
from core.models import Proposal
from identity.actions import issue_token
from identity.powers.concerned import account_of, told


class AskedToken(TypedDict):
    """A token that is to be issued to a program."""

    label: str
    scope: str
    expires_on: str | None
    token: NotRequired[int]


def check_is_program(user: User) -> None:
    """Raise Refused for a token of a person: nobody acts as another."""
    if user.role != User.Role.PROGRAM:
        raise Refused(_("Tokens are for programs. Make an account with the role “program” for it."), code="no_program")


def _will_issue(proposal: Proposal) -> list[str]:
    scope = ApiToken.Scope(proposal.facts["scope"]).label
    words = {"name": proposal.about_name, "label": proposal.facts["label"], "scope": scope}
    until = proposal.facts["expires_on"]
    return [
        _("The program “%(name)s” gets the token “%(label)s” (%(scope)s).") % words,
        _("Its last day is %(day)s.") % {"day": until} if until else _("It has no last day."),
        _("The key is shown once, to whoever proposed this."),
    ]


def _issue(proposal: Proposal, *, by: User, at: datetime) -> None:
    """Make the token with a key that nobody knows; the proposer's taking it gives it one."""
    user, facts = account_of(proposal), proposal.facts
    check_is_program(user)
    until = date.fromisoformat(facts["expires_on"]) if facts["expires_on"] else None
    token, _key = issue_token(user, by=by, at=at, label=facts["label"], scope=facts["scope"], expires_on=until)
    proposal.facts = {**facts, "token": token.pk}
    proposal.save(update_fields=["facts"])


def _show_key(proposal: Proposal, *, by: User, at: datetime) -> str:
    token = ApiToken.objects.filter(pk=proposal.facts["token"], revoked_at=None).first()
    if token is None:
        raise Refused(_("The token was revoked meanwhile."), code="revoked")
    key = ApiToken.new_key()
    token.prefix, token.digest = key[:8], ApiToken.digest_of(key)
    token.save(update_fields=["prefix", "digest"])
    return key


TOKEN = kind(
    "issue_token",
    gettext_lazy("Issue a token"),
    facts=AskedToken,
    decides=Duty.ADMINISTRATOR,
    describe=_will_issue,
    carry_out=_issue,
    concerned=told,
    take=_show_key,
    take_within=timedelta(days=7),
)
