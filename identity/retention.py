"""Retention of expired sessions and of the log of sign-ins."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from core.retention import kept
from identity.models import PasswordReset


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


# The Cybersecurity Law demands that such logs are kept for at least six months.
@kept("sign_ins")
def attempts(before: datetime) -> QuerySet[AccessAttempt]:
    found: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(attempt_time__lt=before)
    return found


@kept("sign_ins")
def sign_ins(before: datetime) -> QuerySet[AccessLog]:
    found: QuerySet[AccessLog] = AccessLog.objects.filter(attempt_time__lt=before)
    return found


@kept("sign_ins")
def failures(before: datetime) -> QuerySet[AccessFailureLog]:
    found: QuerySet[AccessFailureLog] = AccessFailureLog.objects.filter(attempt_time__lt=before)
    return found
