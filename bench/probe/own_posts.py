"""What the forms of accounts, approvals, the ledger and personal data are sent with."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.core import signing

from .own_rows import AUDITOR, KEY
from .people import city
from .posts import GOOD, RUNNING, WHY, Post, first, where
from .rows import model

PAGE = (200,)  # what is shown once is shown in the answer
AUDITED = first("User", username=AUDITOR)
DOCTOR = first("Doctor", "pk", user__isnull=False)


def _asked(row: Any) -> str:
    """What a list signs when somebody asks for more rows than one person exports alone."""
    path = "/assignments/?export=xlsx"
    asked = {"title": "对接", "path": path, "filters": "", "digest": "0", "rows": 3000, "by": city().pk}
    return "?" + urlencode({"asked": signing.dumps(asked, salt="export", compress=True)})


def _with_password(role: str) -> Any:
    """The account of this role that has a password."""
    return model("User").objects.filter(role=role).order_by("-pk").first()


def _sheet(name: str) -> Any:
    return lambda row: {name: [row.pk], "act": "print", "how": "sheet"}


def _name_and_password(role: str) -> Any:
    return lambda row: {"username": _with_password(role).username, "password": GOOD}


MEMBER = partial(_with_password, "enterprise")
POSTS = (
    Post("login", "stranger", MEMBER, _name_and_password("enterprise"), about=lambda row: None),
    Post("linked_accounts", "signed", where("AccountLink", MEMBER), _name_and_password("university"),
         about=lambda row: None),
    Post("doctor_invite", "university", DOCTOR, lambda row: {"way": "shown"}, answer=PAGE),
    Post("doctor_invite_many", "university", DOCTOR, _sheet("doctor"), page=None, about=lambda row: None, answer=PAGE),
    Post("liaison_invite_many", "city", where("Invitation", first("Liaison", "pk")), _sheet("liaison"), page=None,
         about=lambda row: None, answer=PAGE),
    Post("member_invite_many", "city", where("Invitation", first("Member", "pk")), _sheet("member"), page=None,
         about=lambda row: None, answer=PAGE),
    Post("invitation_accept", "stranger", first("Invitation"),
         lambda row: {"password1": GOOD, "password2": GOOD}, about=lambda row: None,
         opens=f"/invitation/{KEY}/"),
    Post("export_propose", "city", first("Proposal"), lambda row: WHY, about=lambda row: None, query=_asked),
    Post("phones_propose", "city", first("Proposal"), lambda row: WHY, about=lambda row: None),
    Post("proposal_approve", "city", first("Proposal", kind="many_phones"), lambda row: {"reason": ""}),
    Post("proposal_refuse", "city", first("Proposal", kind="many_phones"), lambda row: WHY),
    Post("proposal_withdraw", "city", first("Proposal", kind="large_export")),
    Post("proposal_take", "city", first("Proposal", kind="reset_password"), page=None, answer=PAGE),
    Post("powers", "city", AUDITED, lambda row: {"choice": "alone", **WHY}, about=lambda row: None),
    Post("reset_propose", "city", AUDITED, lambda row: WHY),
    Post("ledger_check", "auditor", AUDITED, page=None, about=lambda row: None),
    Post("ledger_persons", "auditor", AUDITED, lambda row: {"name": row.name}, about=lambda row: None, asks=True),
    Post("privacy_notice", "newcomer", where("Consent", lambda: DOCTOR().user), about=lambda row: None),
    Post("privacy_decline", "doctor", where("Consent", RUNNING), page=None, about=lambda row: None,
         answer=PAGE),
    Post("privacy_withdraw", "doctor", where("Consent", RUNNING), page=None, about=lambda row: None,
         answer=PAGE),
    Post("personalrequest_withdraw", "doctor", first("PersonalRequest", kind="correct")),
    Post("personalrequest_answer", "city", first("PersonalRequest", kind="correct"),
         lambda row: {"answer": "已更正。"}),
    Post("personalrequest_propose", "city", first("PersonalRequest", kind="erase"),
         lambda row: {"answer": "账号已停用，无须保留。"}),
)  # fmt: skip
