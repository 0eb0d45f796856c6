"""What the page of a doctor shows of the services he gives and gave."""

from typing import Any

from django.http import HttpRequest

from accounts.models import User
from assignments.models import Assignment
from experts.models import Doctor

LATEST = 10  # services listed on the page of a doctor


def services_of(doctor: Doctor, request: HttpRequest) -> dict[str, Any] | None:
    """The services of a doctor that the reader sees, the latest first."""
    user: User = request.user  # type: ignore[assignment]  # pages of doctors are behind the sign-in
    rows = Assignment.objects.visible_to(user).filter(doctor=doctor).select_related("host__enterprise", "batch")
    services = list(rows.order_by("-pk")[:LATEST])
    return {"services": services} if services else None
