"""Whoever can sign in to the demo has agreed to the privacy notice, so that the accounts shown open at once."""

from datetime import timedelta

from accounts.models import User
from demo.accounts import SHOWN
from demo.state import DemoState, at
from privacy.actions import agree, use_packaged_notice


def build(state: DemoState) -> None:
    day = state.survey_starts - timedelta(days=20)
    for user in User.objects.filter(username__in=SHOWN).order_by("pk"):
        notice = use_packaged_notice(user.role, by=None, at=at(day))
        agree(notice, by=user, at=at(day), address="")
