"""New accounts of offices, and changes of what an account may do."""

from datetime import datetime, timedelta
from typing import Any, NotRequired, TypedDict, cast

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.duties import FIELDS, Duty
from accounts.models import Office, User
from core import ledger
from core.approvals import kind, row_of
from core.errors import Refused
from core.models import Proposal
from identity.actions import create_account, edit_account
from identity.duties import DUTIES_CHANGED
from identity.forms import PASSWORD
from identity.invitations import invite_person
from identity.links import MEDIA, WAY, Sending
from identity.powers.concerned import account_of, told
from identity.powers.passwords import hand_over
from ui.templatetags.ui_format import masked

# The fields of an account that decide what it may do.
POWERS = ("role", "office", *FIELDS.values())


class NewAccount(TypedDict):
    """An account of an office that is to be made."""

    username: str
    name: str
    role: str
    office: int | None
    duties: list[str]
    # What was typed for the invitation; older proposals have none of it.
    phone: NotRequired[str]
    email: NotRequired[str]
    way: NotRequired[str]


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


def _in_words(facts: Any) -> str:
    """Role, office and duties of the facts of a proposal."""
    office = Office.objects.filter(pk=facts["office"]).first() if facts["office"] else None
    duties = facts["duties"] if "duties" in facts else [duty for duty, field in FIELDS.items() if facts[field]]
    parts = [User.Role(facts["role"]).label, office, *(Duty(duty).label for duty in duties)]
    return "、".join(str(part) for part in parts if part)


def _access_words(way: str) -> str:
    """How the person of a new account gets access."""
    return {
        WAY.MAIL.value: _("The invitation is then sent to the mail address."),
        WAY.SMS.value: _("The invitation is then sent to the mobile number."),
        WAY.SHOWN.value: _("The link of the invitation is shown once to whoever proposed this, to be handed over."),
        PASSWORD: _("A first password is made and shown once to whoever proposed this, to be handed over."),
    }.get(
        way,
        _("Whoever proposed this then invites the person from the account's page, or has a first password shown once."),
    )


def _addresses(proposal: Proposal) -> str:
    """The mail address and the (masked) phone; once the account is made, those of the account."""
    made = row_of(proposal)
    typed = (made.phone, made.email) if isinstance(made, User) else map(proposal.facts.get, ("phone", "email"))
    phone, email = typed
    return "、".join(part for part in (str(masked(phone)) if phone else "", email) if part)


def _will_make(proposal: Proposal) -> list[str]:
    words = {"name": proposal.facts["name"], "username": proposal.facts["username"]}
    addresses = _addresses(proposal)
    return [
        _("The account “%(username)s” is made for %(name)s.") % words,
        _("It is: %(what)s.") % {"what": _in_words(proposal.facts)},
        *([_("Phone and mail address: %(addresses)s.") % {"addresses": addresses}] if addresses else []),
        _access_words(proposal.facts.get("way", "")),
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
        phone=facts.get("phone", ""),
        email=facts.get("email", ""),
        password=None,
        duties=[Duty(duty) for duty in facts["duties"]],
    )
    if user.duties:
        ledger.record(DUTIES_CHANGED, by=by, at=at, about=user, duties=",".join(sorted(user.duties)))
    if facts.get("way") in MEDIA:
        address = facts["email"] if facts["way"] == WAY.MAIL else facts["phone"]
        invite_person(user, by=proposal.proposed_by, at=at, sending=Sending(facts["way"], address))
        proposal.taken_at = at  # nothing is left to be shown
    proposal.about_label, proposal.about_key, proposal.about_name = user._meta.label_lower, str(user.pk), str(user)
    # The account has the addresses from now on.
    proposal.facts = {name: value for name, value in facts.items() if name not in ("phone", "email")}
    proposal.save(update_fields=["about_label", "about_key", "about_name", "facts", "taken_at"])


def _take_access(proposal: Proposal, *, by: User, at: datetime) -> str:
    """The link of the invitation, or a first password, whichever was chosen."""
    if proposal.facts.get("way") != WAY.SHOWN:
        return hand_over(proposal, by=by, at=at)
    sending = Sending(WAY.SHOWN.value)
    invite_person(account_of(proposal), by=by, at=at, sending=sending, again=True)
    return f"{settings.SITE_URL}{sending.path}"


MAKE_ACCOUNT = kind(
    "make_account",
    gettext_lazy("New account of an office"),
    facts=NewAccount,
    decides=Duty.ADMINISTRATOR,
    describe=_will_make,
    carry_out=_make,
    take=_take_access,
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
