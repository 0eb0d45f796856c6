"""The store of sessions: as Django's in the database, but a session that is over is given up when it is loaded."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from identity.session_limits import LIMITS, why_over


class SessionStore(DatabaseStore):
    """`over` says why the session was given up, or is "" while it lasts.

    `whose` is the key of its account; of two requests at once only one has it, so that the end is recorded once.
    """

    over = ""
    whose = ""

    def load(self) -> dict[str, Any]:
        data = super().load()
        facts = data.get(LIMITS)
        why = why_over(facts, timezone.now().timestamp()) if facts else ""
        if not why:
            return data
        self.over = why
        if self.model.objects.filter(session_key=self.session_key).delete()[0]:
            self.whose = str(data.get(SESSION_KEY, ""))
        self._session_key = None
        return {}
