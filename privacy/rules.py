"""Who may do what with privacy notices, requests about personal data, and erasures."""

import rules
from django.utils import timezone

from accounts.models import User
from accounts.rules import give, is_administrator, is_auditor
from core.models import Proposal
from core.permissions import can_become
from privacy.models import PersonalRequest

STATUS, ERASE = PersonalRequest.Status, PersonalRequest.Kind.ERASE


@rules.predicate
def asked_it(user: User, request: PersonalRequest | None) -> bool:
    """The person who asked."""
    return user.is_active and (request is None or request.user_id == user.pk)


@rules.predicate
def is_another(user: User, request: PersonalRequest | None) -> bool:
    """Nobody decides about himself."""
    return request is None or request.user_id != user.pk


@rules.predicate
def is_an_erasure(user: User, request: PersonalRequest) -> bool:
    return request.kind == ERASE


@rules.predicate
def is_proposed(user: User, request: PersonalRequest) -> bool:
    """A second person decides about it now."""
    about = Proposal.objects.filter(about_label=request._meta.label_lower, about_key=str(request.pk))
    return about.waiting(timezone.now()).exists()


for model in ("privacynotice", "consent", "personalrequest"):
    give(f"privacy.view_{model}", is_administrator)
for model in ("erasure", "erasedtable"):
    give(f"privacy.view_{model}", is_administrator | is_auditor)
give("privacy.publish_privacynotice", is_administrator)
give("privacy.withdraw_personalrequest", asked_it, when=can_become(STATUS.WITHDRAWN))
give("privacy.answer_personalrequest", is_administrator & is_another, when=~is_an_erasure & can_become(STATUS.GRANTED))
give(
    "privacy.propose_personalrequest",
    is_administrator & is_another,
    when=is_an_erasure & can_become(STATUS.GRANTED) & ~is_proposed,
)
