"""Who may do what with universities and doctors."""

import rules

from accounts.models import User
from accounts.rules import give, is_city_office, is_doctor, is_office, is_university
from experts.models import Doctor


@rules.predicate
def is_its_university(user: User, doctor: Doctor | None) -> bool:
    """Without a doctor at hand: whether the user acts for any university."""
    if doctor is None:
        return is_university(user)
    return doctor.university.liaisons.filter(user=user).exists()


@rules.predicate
def is_himself(user: User, doctor: Doctor | None) -> bool:
    return is_doctor(user) if doctor is None else doctor.user_id == user.pk


for model in ("university", "liaison", "doctor", "work", "interest"):
    give(f"experts.view_{model}", is_office)
    give(f"experts.add_{model}", is_city_office)
    give(f"experts.change_{model}", is_city_office)
for model in ("work", "interest", "liaison"):
    give(f"experts.delete_{model}", is_city_office)
give("experts.enrol_doctor", is_university)
give("experts.edit_doctor", is_its_university | is_himself | is_city_office)
give("experts.read_doctor", is_its_university | is_himself | is_office)
give("experts.import_doctor", is_city_office)
