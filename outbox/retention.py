"""Retention of messages that were sent, withdrawn, or failed for good."""

from datetime import datetime

from django.db.models import QuerySet

from core.retention import kept
from outbox.models import Mail


@kept("mails")
def finished_mails(before: datetime) -> QuerySet[Mail]:
    return Mail.objects.finished_before(before)
