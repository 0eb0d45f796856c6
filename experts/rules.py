"""Who may do what with universities and doctors."""

import rules

from accounts.models import User
from accounts.rules import give, is_doctor, is_office, is_operator, is_university
from experts.models import Doctor, Interest, Liaison, University


@rules.predicate
def is_its_university(user: User, doctor: Doctor | None) -> bool:
    """Without a doctor at hand: whether the user acts for any university."""
    if doctor is None:
        return is_university(user)
    return doctor.university.liaisons.filter(user=user).exists()


@rules.predicate
def is_himself(user: User, doctor: Doctor | None) -> bool:
    return is_doctor(user) if doctor is None else doctor.user_id == user.pk


@rules.predicate
def is_the_offices(user: User, interest: Interest | None) -> bool:
    """The office declared the interest, and so may change it or take it back."""
    return interest is None or interest.side == Interest.Side.OFFICE


@rules.predicate
def acts_for_it(user: User, row: University | Liaison | None) -> bool:
    """Without a row at hand: whether the user acts for any university."""
    if row is None:
        return is_university(user)
    university = row.university if isinstance(row, Liaison) else row
    return is_university(user) and university.liaisons.filter(user=user).exists()


# What needs no query is asked first, here and in the apps above.
for model in ("university", "liaison", "doctor", "work"):
    give(f"experts.view_{model}", is_office)
    give(f"experts.add_{model}", is_operator)
    give(f"experts.change_{model}", is_operator)
for model in ("work", "liaison"):
    give(f"experts.delete_{model}", is_operator)
for verb in ("view", "add"):
    give(f"experts.{verb}_interest", is_operator)
for verb in ("change", "delete"):
    give(f"experts.{verb}_interest", is_operator & is_the_offices)
give("experts.read_interest", is_university | is_doctor | is_operator)
give("experts.list_doctor", is_university | is_office)
give("experts.enrol_doctor", is_university)
give("experts.edit_doctor", is_himself | is_operator | is_its_university)
give("experts.read_doctor", is_himself | is_office | is_its_university)
give("experts.import_doctor", is_operator)
give("experts.invite_doctor", is_operator | (is_university & is_its_university))
for model in ("university", "liaison"):
    give(f"experts.invite_{model}", is_operator | acts_for_it)
