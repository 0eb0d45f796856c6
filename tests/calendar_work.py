"""What beat asks for, asked for by a test."""

from typing import Any

from talentlink.celery import app


def calendar_asks(name: str) -> Any:
    """The task of this name, such as "service.tasks.close_months"."""
    return app.tasks[name]
