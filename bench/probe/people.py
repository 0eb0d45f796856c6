"""Who asks and who sends: the staff of the offices, and those whose business a row is."""

from collections.abc import Iterator
from typing import Any

from .rows import has, model

User = Any


def people_of(row: Any) -> dict[str, User]:
    """Whose business a row is: its doctor, his university's liaison, somebody of its enterprise."""
    if type(row).__name__ == "Notice":
        return {row.user.role: row.user}
    found: dict[str, User] = {}
    if type(row).__name__ == "PersonalRequest":
        return {row.user.role: row.user}
    doctor = row if type(row).__name__ == "Doctor" else _reach(row, ("doctor", "assignment.doctor"))
    if doctor is None and type(row).__name__ == "Order":
        choice = row.choices.order_by("preference").first()
        doctor = choice.doctor if choice else None
    if doctor is not None:
        found["doctor"] = doctor.user
        liaison = doctor.university.liaisons.order_by("pk").first()
        found["university"] = liaison.user if liaison else None
    firm = _reach(row, ("enterprise", "host.enterprise", "need.enterprise", "order.need.enterprise"))
    member = firm.members.order_by("pk").first() if firm is not None else None
    found["enterprise"] = member.user if member else None
    return {name: user for name, user in found.items() if user is not None}


def _reach(row: Any, paths: tuple[str, ...]) -> Any:
    for path in paths:
        thing = row
        for name in path.split("."):
            thing = getattr(thing, name, None)
        if thing is not None:
            return thing
    return None


def city() -> User:
    """Somebody of the city's office."""
    return dict(staff())["city"]


def staff() -> Iterator[tuple[str, User]]:
    """One of each kind of office, a program, and where there are auditors, one of them."""
    people = model("User").objects.filter(is_active=True).order_by("pk")
    if has("LedgerEntry") and (auditor := people.filter(audits=True).first()):
        yield "auditor", auditor
    for kind in ("city", "county", "department"):
        if user := people.filter(role="office", office__kind=kind).first():
            yield kind, user
    if user := people.filter(role="program").first():
        yield "program", user
