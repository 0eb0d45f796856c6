"""What experts show on a university's home: how many doctors are enrolled."""

from typing import Any

from django.http import HttpRequest

from accounts.models import User
from experts.models import Doctor


def enrolled(user: User, request: HttpRequest) -> dict[str, Any]:
    """The doctors of the university."""
    return {"doctors": Doctor.objects.visible_to(user).count()}
