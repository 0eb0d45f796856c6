"""Lets a test ask for the jobs that beat asks for."""

from typing import Any

from talentlink.celery import app


def calendar_asks(name: str) -> Any:
    """The Celery task with this name, such as "service.tasks.close_months"."""
    return app.tasks[name]
