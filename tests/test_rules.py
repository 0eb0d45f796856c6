"""Every permission for every kind of user: for a model, and for one's own row and a row of another."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from rules.permissions import permissions

from accounts.models import User
from assignments.models import OrderChoice
from core.permissions import entitled
from tests.factories import (
    AdministratorFactory,
    AuditorFactory,
    CityUserFactory,
    CountyUserFactory,
    DepartmentUserFactory,
    DispatchFactory,
    DoctorFactory,
    DoctorUserFactory,
    LiaisonFactory,
    MemberFactory,
    NeedFactory,
    OperatorFactory,
    OrderFactory,
    ProgramUserFactory,
    VisitFactory,
    WaiverFactory,
)

C, K, D, E, U, P = "city", "county", "department", "enterprise", "university", "doctor"
# `C` has both duties joined; an operator alone (O) may do all it may but what administrators (A) may.
O, A, R = "operator", "administrator", "auditor"  # noqa: E741
OFFICE = {C, K, D}
EDITORS = {C, K}
# Permission (words in brackets are alternatives) → who has it for the model as a whole.
TABLE: dict[str, set[str]] = {
    "accounts.view_(user|apitoken)": {C, A},
    "accounts.view_(office|district)": {C, A, O},
    "accounts.(add|change|delete)_(user|office|district|apitoken)": {C, A},
    "accounts.(reveal|invite|unlock)_user": {C, A},
    "identity.view_(invitation|accountlink)": {C, A},
    "identity.(list|resend|withdraw)_invitation": {C, O, A, K, E, U},
    "identity.(switch|unlink)_accountlink": {E, U, P, *OFFICE, O, A, R},
    "enterprises.invite_(enterprise|member)": {E, *EDITORS},
    "experts.invite_(doctor|university|liaison)": {U, C},
    "core.view_(job|period|backup|epoch|alarm)": {C, A, O},
    "core.view_(notice|setaside)": {C, O},
    "core.view_phoneshown": {C, O, R},
    "core.view_(ledgerentry|ledgerday|ledgertally)": {R},
    "core.run_again_job": {C, A, O},
    "core.(view|list)_proposal": {C, K, D, A, O, R},
    "core.(approve|refuse|ask_phones)_proposal": {C, K, D, A, O},
    "core.(withdraw|take)_proposal": {C, K, D, A, O, R},
    "accounts.dismiss_user": {E, U},
    "outbox.view_(mail|channel|preference)": {C},
    "outbox.(settle|hurry|arrive|resend|withdraw)_mail": {C},
    "privacy.view_(privacynotice|consent|personalrequest)": {C, A},
    "privacy.view_(erasure|erasedtable)": {C, A, R},
    "privacy.publish_privacynotice": {C, A},
    "privacy.(answer|propose)_personalrequest": {C, A},
    # Everybody, for requests of his own.
    "privacy.withdraw_personalrequest": {C, O, A, R, K, D, E, U, P, "program", "program of the city"},
    "programmes.view_(programme|batch)": OFFICE,
    "programmes.view_ruleset": {*OFFICE, R},
    "programmes.(add|change)_(programme|ruleset|batch)": {C},
    "programmes.(view|add|change|submit|drop|check)_ruledraft": {C},
    "programmes.view_rulepin": OFFICE,
    "programmes.(open|start|close|match|repin|host)_batch": {C},
    "enterprises.view_(enterprise|qualification|member|need|survey|visitsheet|host)": OFFICE,
    "enterprises.(add|change)_(enterprise|qualification|member)": EDITORS,
    "enterprises.add_(survey|visitsheet)": {C},
    "enterprises.change_(survey|visitsheet|need)": OFFICE,
    "enterprises.fill_visitsheet": OFFICE,
    "enterprises.(post|submit)_need": {E},
    "enterprises.edit_need": {E, *EDITORS},
    "enterprises.hide_numbers_need": {E, *EDITORS},
    "enterprises.(withdraw|order)_need": {E, C},
    "enterprises.(review|publish|return)_need": EDITORS,
    "enterprises.read_qualification": {E, *OFFICE},
    "enterprises.import_need": {C},
    "experts.view_(university|liaison|doctor|work)": OFFICE,
    "experts.view_interest": {C},
    "experts.read_interest": {U, P, C},
    "experts.reveal_doctor": {U, P, *OFFICE},
    "enterprises.reveal_enterprise": OFFICE,
    "enterprises.inspect_need": {E, *OFFICE},
    "experts.list_doctor": {U, *OFFICE},
    "enterprises.reveal_need": {E, U, P, *OFFICE},
    "experts.(add|change)_(university|liaison|doctor|work|interest)": {C},
    "experts.delete_(work|interest|liaison)": {C},
    "experts.enrol_doctor": {U},
    "experts.edit_doctor": {U, P, C},
    "experts.read_doctor": {U, P, *OFFICE},
    "experts.import_doctor": {C},
    "matching.lift_override": {C},
    "matching.view_(matchrun|suggestion|planline|override|planquota|feedback|factorweights)": OFFICE,
    "assignments.view_(order|dispatch|assignment|project)": OFFICE,
    "assignments.(place|cancel)_order": {E, C},
    "assignments.read_order": {E, U, *OFFICE},
    "assignments.dispatch_order": {U, C},
    "assignments.(accept|decline)_dispatch": {P},
    "assignments.withdraw_dispatch": {U, C},
    "assignments.(begin|serve)_assignment": {E, C},
    "assignments.(stop|cancel|change|late|extend)_assignment": {C},
    "assignments.follow_assignment": {E, U, P, "program of the city", *OFFICE},
    "assignments.visit_assignment": {P},
    "assignments.waive_assignment": {P, E},
    "assignments.outcome_assignment": {P, E, C},
    "service.view_(visit|waiver|check|reopening|standing|reminder|outcome|given|sharedvisit)": OFFICE,
    "service.explain_check": {P, E, C},
    "assignments.give_assignment": {E, U, P, "program of the city", *OFFICE},
    "service.(confirm|dispute)_visit": {E},
    "service.(withdraw|share)_visit": {P},
    "service.(decide_waiver|reopen_check)": {C},
    "service.remind_standing": OFFICE,
}


def spelled(pattern: str) -> list[str]:
    """a.(b|c)_d → a.b_d, a.c_d."""
    if "(" not in pattern:
        return [pattern]
    head, _, rest = pattern.partition("(")
    words, _, tail = rest.partition(")")
    return [each for word in words.split("|") for each in spelled(f"{head}{word}{tail}")]


# Beginnings of the permissions that the table gives to operators one by one, because they are no business.
OF_ACCOUNTS = ("accounts.", "core.", "privacy.", "identity.")


def with_operators(name: str, roles: set[str]) -> set[str]:
    """Whatever the joined account may do in business, an operator may too."""
    return roles | {O} if C in roles and not name.startswith(OF_ACCOUNTS) else roles


GIVEN = {name: with_operators(name, roles) for pattern, roles in TABLE.items() for name in spelled(pattern)}
PEOPLE: dict[str, Callable[[], User]] = {
    C: CityUserFactory,
    O: OperatorFactory,
    A: AdministratorFactory,
    R: AuditorFactory,
    K: CountyUserFactory,
    D: DepartmentUserFactory,
    E: lambda: MemberFactory().user,
    U: lambda: LiaisonFactory().user,
    P: DoctorUserFactory,
    "program": ProgramUserFactory,
    "program of the city": lambda: ProgramUserFactory(office=CityUserFactory().office),
}


def test_the_table_names_every_permission_there_is() -> None:
    assert set(GIVEN) == set(permissions)


@pytest.mark.django_db
@pytest.mark.parametrize("who", PEOPLE)
def test_every_permission_of_a_role(who: str) -> None:
    user = PEOPLE[who]()
    assert {name for name in permissions if user.has_perm(name)} == {
        name for name, roles in GIVEN.items() if who in roles
    }


@pytest.mark.django_db
def test_a_superuser_may_all() -> None:
    root = CityUserFactory(is_superuser=True)
    assert all(root.has_perm(name) for name in permissions)


@pytest.mark.django_db
@pytest.mark.parametrize("who", PEOPLE)
def test_an_account_that_was_closed_may_nothing(who: str) -> None:
    user = PEOPLE[who]()
    user.is_active = False
    assert {name for name in permissions if user.has_perm(name)} == set()


# -- One's own and another's --------------------------------------------------------------------------------

Verbs = dict[str, set[str]]
# Model → verb → who may: users whose row it is ("own …"), users of the same role ("other …"), or offices.
OWN: dict[str, Verbs] = {
    "need": {
        "edit": {"own enterprise", C},
        "submit": {"own enterprise"},
        "withdraw": {"own enterprise", C},
        "review": {C, K},
        "publish": {C, K},
        "return": {C, K},
        "order": {"own enterprise", C},
        "change": {C, K, D},
    },
    "order": {
        "place": {"own enterprise", C},
        "cancel": {"own enterprise", C},
        "read": {"own enterprise", "own university", C, K, D},
        "dispatch": {"own university", C},
    },
    "order to a university": {
        "read": {"own enterprise", "own university", C, K, D},
        "dispatch": {"own university", C},
    },
    "dispatch": {
        "accept": {"own doctor"},
        "decline": {"own doctor"},
        "withdraw": {"own university", C},
    },
    "assignment": {
        "begin": {"own enterprise", C},
        "serve": {"own enterprise", C},
        "late": {C},
        "extend": {C},
        "stop": {C},
        "cancel": {C},
        "visit": {"own doctor"},
        "waive": {"own doctor", "own enterprise"},
        "outcome": {"own doctor", "own enterprise", C},
    },
    "visit": {"confirm": {"own enterprise"}, "dispute": {"own enterprise"}, "withdraw": {"own doctor"}},
    "waiver": {"decide": {C}},
    "doctor": {
        "edit": {"own university", "own doctor", C},
        "read": {"own university", "own doctor", C, K, D},
    },
}


class Round:
    """A need, order, dispatch, assignment and visit of one doctor, and all users who have to do with them."""

    def __init__(self) -> None:
        visit = VisitFactory()
        assignment, doctor = visit.assignment, visit.doctor
        enterprise = assignment.host.enterprise
        order = OrderFactory(host=assignment.host, doctors=[doctor], status="dispatched")
        self.things: dict[str, Any] = {
            "need": NeedFactory(enterprise=enterprise),
            "order": order,
            "order to a university": OrderFactory(host=assignment.host, university=doctor.university),
            "dispatch": DispatchFactory(order=order, doctor=doctor),
            "assignment": assignment,
            "visit": visit,
            "waiver": WaiverFactory(assignment=assignment),
            "doctor": doctor,
        }
        self.people: dict[str, User] = {
            "own enterprise": MemberFactory(enterprise=enterprise).user,
            "own university": LiaisonFactory(university=doctor.university).user,
            "own doctor": doctor.user,
            **{f"other {role}": PEOPLE[role]() for role in (E, U, P)},
            **{role: PEOPLE[role]() for role in (C, O, A, R, K, D, "program")},
        }


@pytest.mark.django_db
@pytest.mark.parametrize("kind", OWN)
def test_what_one_may_do_with_a_thing_of_ones_own_and_of_another(kind: str) -> None:
    town = Round()
    thing = town.things[kind]
    found = {verb: {who for who, user in town.people.items() if entitled(user, verb, thing)} for verb in OWN[kind]}
    assert found == {verb: who | ({O} if C in who else set()) for verb, who in OWN[kind].items()}


@pytest.mark.django_db
def test_of_an_order_for_named_doctors_each_ones_university_is_asked() -> None:
    town = Round()
    second = LiaisonFactory()
    order = town.things["order"]
    assert entitled(second.user, "dispatch", order) is False
    OrderChoice.objects.create(order=order, doctor=DoctorFactory(university=second.university), preference=2)
    assert entitled(second.user, "dispatch", order) is True
    # An order that names a university belongs only to that university, also if it names doctors of others.
    assert entitled(second.user, "dispatch", town.things["order to a university"]) is False


def test_a_stranger_has_no_permission() -> None:
    assert [name for name in permissions if AnonymousUser().has_perm(name)] == []
