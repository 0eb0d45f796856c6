"""What beat rings for, rung by a test."""

from typing import Any

from talentlink.celery import app


def bell(name: str) -> Any:
    """The task of this name, such as "service.tasks.close_months"."""
    return app.tasks[name]
