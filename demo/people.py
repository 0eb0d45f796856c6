"""Who takes part: offices, enterprises, universities and doctors, entered as the office and the universities would."""

from datetime import date, timedelta

from accounts.duties import Duty
from accounts.models import User
from demo import city, visits
from demo.accounts import PASSWORD, PROGRAM, demo_token
from demo.doctors import DOCTORS, UNIVERSITIES
from demo.enterprises import ENTERPRISES
from demo.state import DemoState, at
from demo.texts import DoctorText, EnterpriseText, QualificationText
from demo.wording import WORDING
from enterprises.actions import join_enterprise, register_enterprise
from experts.actions import enrol_doctor, join_university, open_university
from identity.actions import create_account, enter_district, issue_token, open_office
from officedata.months import Month

IN_BOTH = "封锐"
"""The doctor who serves in both programmes."""


def build(state: DemoState) -> None:
    day = state.survey_starts - timedelta(days=30)
    _offices(state)
    _enterprises(state, day)
    _universities(state, day)


def _offices(state: DemoState) -> None:
    for place in city.DISTRICTS:
        state.districts[place.code] = enter_district(
            place.code, by=None, name=place.name, tile=(place.tile_x, place.tile_y),
            place=(place.latitude, place.longitude),
        )  # fmt: skip
    shown = {"city": "office", "county-149921": "county", "kj": "department"}
    for one in city.OFFICES:
        by = state.staff.get("city")  # None for the city's own office and its first account
        office = open_office(one.name, by=by, kind=one.kind, district=state.districts.get(one.district))
        state.offices[one.key] = office
        state.staff[one.key] = create_account(
            shown.get(one.key, f"staff-{one.key}"), by=by, name=one.contact, role=User.Role.OFFICE, office=office,
            phone=one.phone, password=PASSWORD if one.key in shown else None, handed_over=False,
        )  # fmt: skip
    for username, name, duty in (
        ("office2", WORDING.second_operator, Duty.OPERATOR),
        ("admin", WORDING.administrator, Duty.ADMINISTRATOR),
        ("admin2", WORDING.second_administrator, Duty.ADMINISTRATOR),
        ("auditor", WORDING.auditor, Duty.AUDITOR),
    ):
        create_account(
            username, by=state.city, name=name, role=User.Role.OFFICE, office=state.offices["city"],
            password=PASSWORD, duties=[duty], handed_over=False,
        )  # fmt: skip
    program = create_account(
        PROGRAM,
        by=state.city,
        name=WORDING.program_account,
        role=User.Role.PROGRAM,
        office=state.offices["city"],
        password=None,
    )
    issue_token(program, by=state.city, label=WORDING.program_account, key=demo_token())


def _enterprises(state: DemoState, day: date) -> None:
    for text in ENTERPRISES:
        enterprise = register_enterprise(
            by=state.city,
            at=at(day),
            facts={
                "credit_code": text.credit_code,
                "name": text.name,
                "district": state.districts[text.district],
                "department": state.offices[text.surveyor],
                "industry": text.industry,
                "enterprise_class": text.category,
                "size": text.size,
                "products": text.products,
                "contact_name": text.contact,
                "contact_phone": text.phone,
            },
            qualifications=[_qualification(state, each) for each in text.qualifications],
        )
        state.enterprises.append(enterprise)


def open_account(state: DemoState, text: EnterpriseText, *, username: str = "") -> User:
    """An account for an enterprise's contact: hosts and those who post through the web form have one."""
    enterprise = state.enterprises[text.index]
    if enterprise.pk not in state.members:
        user = create_account(
            username or f"qy{text.index + 1:03d}", by=state.city, name=text.contact, role=User.Role.ENTERPRISE,
            phone=text.phone, password=PASSWORD if username else None, handed_over=False,
        )  # fmt: skip
        join_enterprise(enterprise, user, by=state.city, at=at(state.survey_starts))
        state.members[enterprise.pk] = user
    return state.members[enterprise.pk]


def _qualification(state: DemoState, text: QualificationText) -> dict[str, object]:
    first = Month.of(state.today)
    return {
        "kind": text.kind,
        "level": text.level,
        "certificate": text.number,
        "valid_from": first.plus(-text.since).first,
        "valid_until": None if text.until is None else first.plus(text.until).first - timedelta(days=1),
    }


def _universities(state: DemoState, day: date) -> None:
    for number, text in enumerate(UNIVERSITIES, start=1):
        university = open_university(by=state.city, at=at(day), name=text.name, place=(text.latitude, text.longitude))
        username = "university" if number == 1 else f"university{number}"
        user = create_account(
            username, by=state.city, name=text.contact, role=User.Role.UNIVERSITY, phone=text.phone, password=PASSWORD,
            handed_over=False,
        )  # fmt: skip
        join_university(university, user, by=state.city, at=at(day))
        state.universities[text.key] = university
        state.liaisons[university.pk] = user
    for doctor in DOCTORS:
        _enrol(state, doctor, day)


def _facts(text: DoctorText) -> dict[str, object]:
    """What the register says of a doctor."""
    return {
        "college": text.college,
        "name": text.name,
        "sex": text.sex,
        "born_on": date.fromisoformat(f"{text.born}-01"),
        "discipline": text.discipline,
        "directions": "；".join(text.directions),
        "keywords": " ".join(text.keywords),
        "fields": "、".join(text.fields),
        "honours": "、".join((text.title, *text.hats)),
        "wishes": list(text.wishes),
        "accepts_adjustment": text.adjustable,
        "days_a_month": text.days,
        "most_hosts": text.max_hosts,
        "most_km": text.most_km,
        "other_postings": "、".join(text.postings),
        "phone": text.phone,
    }


def _enrol(state: DemoState, text: DoctorText, day: date) -> None:
    university = state.universities[text.university]
    shown = {visits.HOSTS[0].doctors[0]: "doctor", IN_BOTH: "doctor2"}.get(text.name, "")
    user = create_account(
        shown or f"bs{text.index + 1:03d}", by=state.city, name=text.name, role=User.Role.DOCTOR,
        phone=text.phone, password=PASSWORD if shown else None, handed_over=False,
    )  # fmt: skip
    state.doctors[text.name] = enrol_doctor(
        university,
        by=state.liaisons[university.pk],
        at=at(day),
        user=user,
        facts=_facts(text),
        works=[
            {"kind": work.kind, "title": work.title, "year": work.year, "abstract": work.abstract}
            for work in text.works
        ],
        interests={ENTERPRISES[each.enterprise].credit_code: each.relation for each in text.interests},
    )
