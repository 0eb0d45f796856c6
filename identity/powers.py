"""The acts on accounts that need two administrators: resets, new office accounts, duties, tokens, the choices."""

import secrets
from datetime import date, datetime, timedelta
from typing import Any, NotRequired, TypedDict, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.duties import FIELDS, Duty
from accounts.models import ApiToken, Office, User
from core import ledger
from core.approvals import kind, row_of
from core.errors import Refused
from core.models import Proposal
from core.shapes import Nothing
from identity.account_bodies import colleagues_of
from identity.actions import TOKEN_ISSUED, change_password, create_account, edit_account, reset_second_factor
from identity.duties import join_duties, separate_duties

DUTIES_CHANGED = ledger.kind("duties_changed", gettext_lazy("duties changed"))
# The fields of an account that decide what it may do.
POWERS = ("role", "office", *FIELDS.values())


class NewAccount(TypedDict):
    """An account of an office that is to be made."""

    username: str
    name: str
    role: str
    office: int | None
    duties: list[str]
    account: NotRequired[int]


class Powers(TypedDict):
    """What an account may do."""

    role: str
    office: int | None
    operates: bool
    administers: bool
    audits: bool


class ChangedAccount(TypedDict):
    """What an account is to become."""

    role: str
    office: int | None
    operates: bool
    administers: bool
    audits: bool
    is_active: bool
    before: NotRequired[Powers]


class AskedToken(TypedDict):
    """A token that is to be issued to a program."""

    label: str
    scope: str
    expires_on: str | None
    token: NotRequired[int]


class Choice(TypedDict):
    """What the city's office chooses about its powers."""

    choice: str


def account_of(proposal: Proposal) -> User:
    """The account that a proposal is about; raise Refused if it was removed."""
    user = row_of(proposal)
    if not isinstance(user, User):
        raise Refused(_("The account was removed meanwhile."), code="gone")
    return user


def is_of_office(user: User) -> bool:
    """Whether a new password of this account needs a second administrator."""
    return user.role == User.Role.OFFICE


def told(proposal: Proposal) -> list[User]:
    """The person concerned; for an account of an enterprise or university everybody who acts for it."""
    user = row_of(proposal)
    return colleagues_of(user) if isinstance(user, User) else []


def new_password() -> str:
    """A password that is handed over once: four groups of letters and digits without look-alikes."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _each in range(4)) for _group in range(4))


# -- passwords ---------------------------------------------------------------------------------------------------


def _will_reset(proposal: Proposal) -> list[str]:
    return [
        _("The present password of “%(name)s” ends, and every session with it.") % {"name": proposal.about_name},
        _("A new password is shown once to whoever proposed this, to be handed over."),
        _("The person is told."),
    ]


def _reset(proposal: Proposal, *, by: User, at: datetime) -> None:
    user = account_of(proposal)
    if not user.is_active:
        raise Refused(_("The account was closed meanwhile."), code="closed")
    change_password(user, by=by, password=None)


def _hand_over(proposal: Proposal, *, by: User, at: datetime) -> str:
    user = account_of(proposal)
    if user.has_usable_password():
        raise Refused(_("The person has set a password meanwhile; it stays."), code="set_meanwhile")
    password = new_password()
    change_password(user, by=by, password=password)
    return password


RESET = kind(
    "reset_password",
    gettext_lazy("Reset a password"),
    facts=Nothing,
    decides=Duty.ADMINISTRATOR,
    describe=_will_reset,
    carry_out=_reset,
    concerned=told,
    take=_hand_over,
    take_within=timedelta(days=3),
)


def _will_remove_factor(proposal: Proposal) -> list[str]:
    return [
        _("All second factors of “%(name)s” end, and every session with them.") % {"name": proposal.about_name},
        _("Whoever has the password sets up a new one at the next sign-in."),
        _("The person is told."),
    ]


def _remove_factor(proposal: Proposal, *, by: User, at: datetime) -> None:
    reset_second_factor(account_of(proposal), by=by, at=at)


RESET_FACTOR = kind(
    "reset_second_factor",
    gettext_lazy("Remove a second factor"),
    facts=Nothing,
    decides=Duty.ADMINISTRATOR,
    describe=_will_remove_factor,
    carry_out=_remove_factor,
)

# -- accounts of offices -----------------------------------------------------------------------------------------


def _in_words(facts: Any) -> str:
    """Role, office and duties of the facts of a proposal."""
    office = Office.objects.filter(pk=facts["office"]).first() if facts["office"] else None
    duties = facts["duties"] if "duties" in facts else [duty for duty, field in FIELDS.items() if facts[field]]
    parts = [User.Role(facts["role"]).label, office, *(Duty(duty).label for duty in duties)]
    return "、".join(str(part) for part in parts if part)


def _will_make(proposal: Proposal) -> list[str]:
    words = {"name": proposal.facts["name"], "username": proposal.facts["username"]}
    return [
        _("The account “%(username)s” is made for %(name)s.") % words,
        _("It is: %(what)s.") % {"what": _in_words(proposal.facts)},
        _("Whoever proposed this then invites the person from the account's page, or has a first password shown once."),
    ]


def _make(proposal: Proposal, *, by: User, at: datetime) -> None:
    facts = proposal.facts
    if User.objects.filter(username=facts["username"]).exists():
        raise Refused(_("This user name is taken; choose another."), code="taken")
    office = Office.objects.filter(pk=facts["office"]).first()
    user = create_account(
        facts["username"],
        by=by,
        name=facts["name"],
        role=facts["role"],
        office=office,
        password=None,
        duties=[Duty(duty) for duty in facts["duties"]],
    )
    proposal.about_label, proposal.about_key, proposal.about_name = user._meta.label_lower, str(user.pk), str(user)
    proposal.save(update_fields=["about_label", "about_key", "about_name"])
    if user.duties:
        ledger.record(DUTIES_CHANGED, by=by, at=at, about=user, duties=",".join(sorted(user.duties)))


MAKE_ACCOUNT = kind(
    "make_account",
    gettext_lazy("New account of an office"),
    facts=NewAccount,
    decides=Duty.ADMINISTRATOR,
    describe=_will_make,
    carry_out=_make,
    take=_hand_over,
    take_within=timedelta(days=7),
    begins=True,
)


def powers_now(user: User) -> dict[str, Any]:
    """What an account may do, as the facts of a proposal hold it."""
    return {"role": user.role, "office": user.office_id, **{name: getattr(user, name) for name in FIELDS.values()}}


def _will_change(proposal: Proposal) -> list[str]:
    lines = [_("It becomes: %(what)s.") % {"what": _in_words(proposal.facts)}]
    if before := proposal.facts.get("before"):
        words = {"name": proposal.about_name, "what": _in_words(before)}
        lines.insert(0, _("“%(name)s” was, when this was proposed: %(what)s.") % words)
    if proposal.facts["is_active"] is False:
        lines.append(_("It can no longer sign in."))
    return lines


def _change(proposal: Proposal, *, by: User, at: datetime) -> None:
    user = account_of(proposal)
    if proposal.facts.get("before", powers_now(user)) != powers_now(user):
        raise Refused(_("What the account may do was changed meanwhile. Propose it again."), code="changed")
    asked = {name: value for name, value in proposal.facts.items() if name != "before"}
    facts = {**asked, "office": Office.objects.filter(pk=proposal.facts["office"]).first()}
    edit_account(user, by=by, at=at, facts=facts)
    ledger.record(DUTIES_CHANGED, by=by, at=at, about=user, role=user.role, duties=",".join(sorted(user.duties)))


CHANGE_ACCOUNT = kind(
    "change_account",
    gettext_lazy("Change what an account may do"),
    facts=ChangedAccount,
    decides=Duty.ADMINISTRATOR,
    describe=_will_change,
    carry_out=_change,
    concerned=told,
)


def changed_powers(user: User, facts: dict[str, Any]) -> dict[str, Any] | None:
    """What is asked for, if the facts change what an account of an office may do, or make one; None otherwise."""
    names = [*POWERS, "is_active"]
    after = {name: facts.get(name, getattr(user, name)) for name in names}
    before = {name: getattr(user, name) for name in names}
    of_office = User.Role.OFFICE in (before["role"], after["role"]) or any((before["office"], after["office"]))
    opened = after["is_active"] and not before["is_active"]
    if not of_office or not (opened or any(before[name] != after[name] for name in POWERS)):
        return None
    office = cast(Office | None, after["office"])
    earlier = {**before, "office": user.office_id}
    del earlier["is_active"]
    return {**after, "office": office.pk if office else None, "before": earlier}


# -- tokens ------------------------------------------------------------------------------------------------------


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
    unknown = ApiToken.digest_of(ApiToken.new_key())
    token = ApiToken.objects.create(
        user=user, label=facts["label"], scope=facts["scope"], expires_on=until, digest=unknown
    )
    proposal.facts = {**facts, "token": token.pk}
    proposal.save(update_fields=["facts"])
    ledger.record(TOKEN_ISSUED, by=by, at=at, about=token, account=user.pk, scope=token.scope)


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

# -- what the office chooses -------------------------------------------------------------------------------------

CHOICES: dict[str, Any] = {
    "join": gettext_lazy("One account of the city's office may have several duties."),
    "separate": gettext_lazy("One account of the city's office has one duty."),
    "alone": gettext_lazy("What needs a second person is decided by one person alone, and stays on record so."),
    "two": gettext_lazy("What needs a second person is decided by a second person."),
}


def _will_choose(proposal: Proposal) -> list[str]:
    return [str(CHOICES[proposal.facts["choice"]])]


def _choose(proposal: Proposal, *, by: User, at: datetime) -> None:
    office, choice = proposal.office, proposal.facts["choice"]
    if choice == "join":
        join_duties(office, by=by, at=at, reason=proposal.reason)
    elif choice == "separate":
        separate_duties(office, by=by, at=at)
    else:
        office.decides_alone = choice == "alone"
        office.alone_because = proposal.reason if office.decides_alone else ""
        office.save(update_fields=["decides_alone", "alone_because"])
    ledger.record(DUTIES_CHANGED, by=by, at=at, about=office, choice=choice)


def _administrators(proposal: Proposal) -> list[User]:
    return list(User.objects.of_city_office())


CHOOSE = kind(
    "choose_powers",
    pgettext_lazy("approvals", "Choose how powers are separated"),
    facts=Choice,
    decides=Duty.ADMINISTRATOR,
    describe=_will_choose,
    carry_out=_choose,
    concerned=_administrators,
    begins=True,
)
