"""Predicates about the role of a user, from which the permissions of every app are built."""

import rules

from accounts.models import Office, User


@rules.predicate
def is_operator(user: User) -> bool:
    """Somebody who does the business of the city office."""
    return user.is_active and user.is_city_office and user.operates


@rules.predicate
def is_administrator(user: User) -> bool:
    """Somebody of the city office who manages accounts, duties, tokens and settings."""
    return user.is_active and user.is_city_office and user.administers


@rules.predicate
def is_auditor(user: User) -> bool:
    """Somebody of the city office who reads the records of who did what."""
    return user.is_active and user.is_city_office and user.audits


@rules.predicate
def is_office(user: User) -> bool:
    """Somebody who does the business of an office: of the city's with that duty, a county's or a department."""
    return user.is_active and user.role == User.Role.OFFICE and (user.operates or not user.is_city_office)


@rules.predicate
def is_county_office(user: User) -> bool:
    return is_office(user) and user.office is not None and user.office.kind == Office.Kind.COUNTY


@rules.predicate
def is_enterprise(user: User) -> bool:
    return user.is_active and user.role == User.Role.ENTERPRISE


@rules.predicate
def is_university(user: User) -> bool:
    return user.is_active and user.role == User.Role.UNIVERSITY


@rules.predicate
def is_doctor(user: User) -> bool:
    return user.is_active and user.role == User.Role.DOCTOR


# Conditions on the row itself, such as its status or its deadline, by permission. `core.permissions.may` tests the
# permission and this condition.
WHEN = rules.RuleSet()


def give(perm: str, predicate: rules.Predicate, *, when: rules.Predicate | None = None) -> None:
    """Declare a permission: `predicate` says who has it, `when` in which state of the row it can be used.

    Raises KeyError if the permission was declared before.
    """
    rules.add_perm(perm, predicate)
    if when is not None:
        WHEN.add_rule(perm, when)


# Administrators read and change users, offices, districts and tokens; operators name offices and districts in forms.
give("accounts.reveal_user", is_administrator)
give("accounts.unlock_user", is_administrator)
for model in ("user", "apitoken"):
    give(f"accounts.view_{model}", is_administrator)
for model in ("office", "district"):
    give(f"accounts.view_{model}", is_administrator | is_operator)
for model in ("user", "office", "district", "apitoken"):
    for verb in ("add", "change", "delete"):
        give(f"accounts.{verb}_{model}", is_administrator)
