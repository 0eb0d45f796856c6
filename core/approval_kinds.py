"""The kinds of acts that need a second person: what each is about, who decides, and what is done after an approval."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.duties import Duty
from accounts.models import User
from accounts.rules import is_administrator, is_office, is_operator
from core.models import Proposal

# Called with the proposal, `by` (who decided; None for the calendar) and `at`, within the transaction of the decision.
CarryOut = Callable[..., None]
Sentences = Callable[[Proposal], list[str]]


def nobody(proposal: Proposal) -> Iterable[User]:
    return ()


def nothing_at_once(proposal: Proposal, *, by: User, at: datetime) -> None:
    """For a kind whose approval is a permission that the proposer uses afterwards."""


@dataclass(frozen=True)
class Kind:
    """A kind of act: `facts` is the shape of its details, `decides` the duty that decides it in the city's office.

    `describe` says in sentences what will happen, `carry_out` does it. `concerned` are those who are told besides the
    proposer. `take`, if given, makes what the proposer is shown once, within `take_within` of the approval. A kind that
    `begins` is carried out at once, on record as alone, where there is nobody yet who could be the second person.
    `ended` is called where the proposal ends without being carried out: refused, withdrawn or lapsed.
    """

    name: str
    words: Any
    facts: Any
    decides: Duty
    describe: Sentences
    carry_out: CarryOut
    concerned: Callable[[Proposal], Iterable[User]]
    take: Callable[..., str] | None
    take_within: timedelta
    begins: bool
    ended: CarryOut


class KindWords:
    """The kinds as choices of the parameter `what` of a notice, which is read in the reader's language."""

    values = Proposal.WORDS

    def __init__(self, name: str = "") -> None:
        self.label = Proposal.WORDS.get(name, name)


KINDS: dict[str, Kind] = {}
# Functions that give the keys of the other accounts of the same person; a higher app adds one.
SAME_PERSON: list[Callable[[User], set[int]]] = []


def kind(
    name: str,
    words: Any,
    *,
    facts: Any,
    decides: Duty,
    describe: Sentences,
    carry_out: CarryOut = nothing_at_once,
    concerned: Callable[[Proposal], Iterable[User]] = nobody,
    take: Callable[..., str] | None = None,
    take_within: timedelta = timedelta(days=1),
    begins: bool = False,
    ended: CarryOut = nothing_at_once,
) -> str:
    """Declare a kind of act and return its name; raise KeyError if it was declared before."""
    if name in KINDS:
        raise KeyError(name)
    KINDS[name] = Kind(name, words, facts, decides, describe, carry_out, concerned, take, take_within, begins, ended)
    Proposal.WORDS[name] = words
    return name


def may_decide(user: User, proposal: Proposal) -> bool:
    """Whether the user has the duty that decides this proposal; whether it is his own is asked elsewhere."""
    if proposal.decides == Duty.ADMINISTRATOR:
        return bool(is_administrator(user))
    return bool(is_operator(user) or (is_office(user) and user.office_id == proposal.office_id))


def accounts_of_proposer(proposal: Proposal) -> set[int]:
    """The keys of all accounts of whoever proposed it: none of them is a second person."""
    others = (find(proposal.proposed_by) for find in SAME_PERSON)
    return {proposal.proposed_by_id}.union(*others)


def deciders(proposal: Proposal) -> list[User]:
    """Those who can decide it now: people with the duty, without the proposer and his other accounts."""
    own = accounts_of_proposer(proposal)
    city = User.objects.administrators() if proposal.decides == Duty.ADMINISTRATOR else User.objects.operators()
    office = User.objects.filter(office_id=proposal.office_id, role=User.Role.OFFICE, is_active=True)
    people = (city | office).select_related("office").exclude(pk__in=own).order_by("pk")
    return [user for user in people if may_decide(user, proposal)]
