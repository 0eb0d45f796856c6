"""Rows as values of the rules: the term of a service, the classes of its host and its doctor."""

from assignments.models import Assignment
from enterprises.hosting import classes_of
from enterprises.models import Enterprise
from experts.models import Doctor
from servicerules import Replaced, Term


def term_of(assignment: Assignment, replaced: tuple[Replaced, ...] = ()) -> Term:
    """The term of an assignment, and what became of it, as the rules read it; `replaced` is what its row does not tell
    any more."""
    return Term(
        assignment.starts_on,
        assignment.ends_on,
        assignment.stopped_on,
        assignment.stopped_at,
        assignment.started_on,
        assignment.started_known_at,
        assignment.extended_to,
        assignment.extended_known_at,
        replaced,
    )


def classes_of_host(enterprise: Enterprise | None) -> frozenset[str]:
    if enterprise is None:
        return frozenset()
    return classes_of(enterprise.enterprise_class, enterprise.size, enterprise.district_id)


def classes_of_doctor(doctor: Doctor | None) -> frozenset[str]:
    """The classes of a doctor: his discipline and those around it (`discipline-450`, `discipline-45030`)."""
    if doctor is None:
        return frozenset()
    return classes_of_discipline(doctor.discipline)


def classes_of_discipline(code: str) -> frozenset[str]:
    """A discipline and those around it as classes."""
    return frozenset(f"discipline-{code[:length]}" for length in (3, 5, 7) if len(code) >= length)
