"""Who someone is: the predicates every app's permissions are built from."""

import rules

from accounts.models import Office, User


@rules.predicate
def is_office(user: User) -> bool:
    return user.is_active and user.role == User.Role.OFFICE


@rules.predicate
def is_city_office(user: User) -> bool:
    return user.is_active and user.role == User.Role.OFFICE and user.is_city_office


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


# What must hold of the row besides, whoever asks: its status, its deadlines. `core.permissions.may` asks both.
WHEN = rules.RuleSet()


def give(perm: str, predicate: rules.Predicate, *, when: rules.Predicate | None = None) -> None:
    """Name a permission: who has it and, with `when`, in which state of the row it can be used now.

    A second naming is a mistake and raises KeyError.
    """
    rules.add_perm(perm, predicate)
    if when is not None:
        WHEN.add_rule(perm, when)


# Everyone in the office reads the tables of people; the city office keeps them.
give("accounts.reveal_user", is_city_office)
for model in ("user", "office", "district", "apitoken"):
    give(f"accounts.view_{model}", is_city_office)
    for verb in ("add", "change", "delete"):
        give(f"accounts.{verb}_{model}", is_city_office)
