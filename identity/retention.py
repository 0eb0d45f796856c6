"""Retention of expired sessions and of counts of tried passwords."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from core.retention import kept
from identity.models import PasswordReset, TryCount


@kept("sessions")
def past_sessions(before: datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=before)


@kept("sessions")
def ended_sessions(before: datetime) -> QuerySet[UserSession]:
    """What is stored about sessions that ended."""
    found: QuerySet[UserSession] = UserSession.objects.filter(last_seen_at__lt=before)
    return found.exclude(session_key__in=Session.objects.values("session_key"))


@kept("sessions")
def old_resets(before: datetime) -> QuerySet[PasswordReset]:
    return PasswordReset.objects.filter(asked_at__lt=before)


@kept("sign_ins")
def old_counts(before: datetime) -> QuerySet[TryCount]:
    """Counts that nothing was added to for so long that nothing is left of them."""
    return TryCount.objects.filter(at__lt=before)
