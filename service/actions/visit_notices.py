"""Who is told of a visit."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from core.notices import notify
from service.models import Visit


def tell_of_visit(people: Iterable[User], kind: str, visit: Visit, *, at: datetime, **params: str) -> None:
    notify(
        people,
        kind,
        key=f"{visit.pk}:{visit.status}:{at.isoformat()}",
        at=at,
        url=visit.get_absolute_url(),
        doctor=visit.doctor.name,
        host=visit.enterprise.name,
        days=visit.length,
        first=visit.starts_on.isoformat(),
        **params,
    )
