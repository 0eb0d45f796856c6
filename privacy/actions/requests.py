"""Requests of persons about their data, and their answers."""

from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.action import By, action
from core.errors import AlreadyDone, Refused
from core.ledger import record
from core.notices import notify
from core.personal_data import BLOCKS, Subject
from core.status import lock, move
from privacy.ledger_kinds import PERSONAL_COPY, PERSONAL_REQUEST
from privacy.models import PersonalRequest
from privacy.notice_kinds import REQUEST_ANSWERED, REQUEST_ASKED
from privacy.working_days import working_days_after

Kind, Status = PersonalRequest.Kind, PersonalRequest.Status
ACCOUNT = "accounts.user"


@action(gettext_lazy("request about personal data"))
def ask_about_data(user: User, *, by: User, at: datetime, on: date, kind: str, text: str) -> PersonalRequest:
    """A person asks about his own data; the office is told, and answers within fifteen working days."""
    if not text.strip():
        raise Refused(_("Say what it is about."), code="text_missing")
    lock(user)
    open_erasure = PersonalRequest.objects.open().filter(kind=Kind.ERASE, subject=ACCOUNT, key=user.pk)
    if kind == Kind.ERASE and open_erasure.exists():
        raise AlreadyDone(_("You asked for this already; the answer is awaited."), code="asked_before")
    return _ask(Subject(ACCOUNT, user.pk), user, at=at, on=on, kind=kind, text=text)


def _ask(whose: Subject, user: User | None, *, at: datetime, on: date, kind: str, text: str) -> PersonalRequest:
    due = working_days_after(on, settings.PERSONAL_REQUEST_DAYS)
    request = PersonalRequest.objects.create(
        kind=kind, subject=whose.kind, key=whose.key, user=user, text=text.strip()[:2000], asked_at=at, due_on=due
    )
    record(PERSONAL_REQUEST, by=user, at=at, about=request, what=str(kind), status=str(request.status))
    facts: dict[str, str | int] = {"number": request.pk, "what": str(kind), "due": str(due)}
    url = reverse("admin:personal_requests")
    notify(User.objects.administrators(), REQUEST_ASKED, key=str(request.pk), at=at, url=url, **facts)
    return request


@action(gettext_lazy("erasure proposed by the calendar"))
def propose_unneeded(whose: Subject, *, by: By, at: datetime, on: date, why: str) -> PersonalRequest | None:
    """Propose to the office to erase somebody whom nothing needs any more; None if that was proposed before."""
    if PersonalRequest.objects.filter(kind=Kind.ERASE, subject=whose.kind, key=whose.key).exists():
        return None
    return _ask(whose, None, at=at, on=on, kind=Kind.ERASE, text=why)


@action(gettext_lazy("request about personal data withdrawn"))
def withdraw_request(request: PersonalRequest, *, by: User, at: datetime) -> PersonalRequest:
    """The person takes his own request back before it is answered."""
    move(request, Status.WITHDRAWN, by=by, at=at)
    record(PERSONAL_REQUEST, by=by, at=at, about=request, what=str(request.kind), status=str(request.status))
    return request


@action(gettext_lazy("request about personal data answered"))
def answer_request(request: PersonalRequest, *, by: User, at: datetime, granted: bool, answer: str) -> PersonalRequest:
    """Answer a request, or refuse an erasure, in writing; the person is told."""
    if not answer.strip():
        raise Refused(_("Write the answer; it is what the person reads."), code="answer_missing")
    lock(request)
    if granted and request.kind == Kind.ERASE:
        raise Refused(_("An erasure is proposed, and a second person approves it."), code="two_persons")
    move(request, Status.GRANTED if granted else Status.REFUSED, by=by, at=at, answer=answer.strip()[:2000])
    record(PERSONAL_REQUEST, by=by, at=at, about=request, what=str(request.kind), status=str(request.status))
    tell(request, at=at)
    return request


def tell(request: PersonalRequest, *, at: datetime) -> None:
    """Tell the person that his request was answered, if he asked and still has an account."""
    if request.user is not None:
        notify(
            [request.user], REQUEST_ANSWERED, key=f"{request.pk}:{request.status}", at=at,
            url=request.get_absolute_url(), number=request.pk, what=str(request.kind), status=str(request.status),
        )  # fmt: skip


def blocked(subjects: list[Subject]) -> list[str]:
    """Why a person cannot be erased now."""
    return [str(sentence) for block in BLOCKS for sentence in block(subjects)]


def refuse_blocked(subjects: list[Subject]) -> None:
    """Raise Refused with all reasons, if anything still needs the person under his name."""
    if reasons := blocked(subjects):
        raise Refused(_("This person cannot be erased yet."), code="still_needed", reasons=reasons)


@action(gettext_lazy("copy of personal data taken"))
def take_copy(user: User, *, by: User, at: datetime, form: str) -> str:
    """Keep that a person took a copy of his data; return the name of the file without its ending."""
    if by.pk != user.pk:
        raise Refused(_("A copy is given to the person alone."), code="forbidden")
    record(PERSONAL_COPY, by=by, at=at, about=user, form=form)
    return f"my-data-{timezone.localdate(at).isoformat()}"
